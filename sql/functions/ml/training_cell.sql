CREATE OR REPLACE FUNCTION ml.training_cell(cell text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    -- a SQL-standard body: inlined into what reads a million of them
RETURN btrim(coalesce(cell, ''), E' \t\r"');
COMMENT ON FUNCTION ml.training_cell(text) IS 'A cell of a training''s file without blanks and quotes; empty for NULL.';
REVOKE ALL ON FUNCTION ml.training_cell(text) FROM PUBLIC;
