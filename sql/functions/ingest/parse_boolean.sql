CREATE OR REPLACE FUNCTION ingest.parse_boolean(raw text) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE raw WHEN 'true' THEN 1 WHEN 'false' THEN 0 END;
COMMENT ON FUNCTION ingest.parse_boolean(text) IS
    'What a JSON boolean, given as it stands in the JSON text, is for a sensor of a binary type (ingest.binary_type): '
    '1 or 0. NULL where it is none.';
REVOKE ALL ON FUNCTION ingest.parse_boolean(text) FROM PUBLIC;
