CREATE OR REPLACE FUNCTION ml.training_time(cell text) RETURNS float8
    LANGUAGE sql STABLE PARALLEL SAFE
    -- a SQL-standard body: inlined into what reads a million of them
RETURN CASE
    WHEN pg_input_is_valid(ml.training_cell(cell), 'float8') THEN
        -- from 1e11 on they are milliseconds since 1970 (ingest.parse_time); what is beyond is no time
        CASE WHEN abs(ml.training_cell(cell)::float8) < 1e11 THEN ml.training_cell(cell)::float8
             WHEN ml.training_cell(cell)::float8 BETWEEN 1e11 AND 1e14 THEN ml.training_cell(cell)::float8 / 1000 END
    ELSE extract(epoch FROM ingest.parse_time(ml.training_cell(cell)))::float8 END;
COMMENT ON FUNCTION ml.training_time(text) IS
    'Seconds in the first column of a training''s file: seconds of the recording or since 1970, milliseconds since '
    '1970, '
    'or ISO 8601. NULL: none of these.';
REVOKE ALL ON FUNCTION ml.training_time(text) FROM PUBLIC;
