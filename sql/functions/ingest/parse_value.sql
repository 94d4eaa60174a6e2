CREATE OR REPLACE FUNCTION ingest.parse_value(raw text) RETURNS float8
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN pg_input_is_valid(raw, 'double precision') THEN raw::float8 END;
COMMENT ON FUNCTION ingest.parse_value(text) IS
    'The number that a JSON member holds, numbers written as strings included; NULL where it is none. May be NaN or infinite: see ingest.value_error. Never raises.';
REVOKE ALL ON FUNCTION ingest.parse_value(text) FROM PUBLIC;
