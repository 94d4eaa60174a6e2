CREATE OR REPLACE FUNCTION ingest.parse_value(raw text) RETURNS float8
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN pg_input_is_valid(raw, 'double precision') THEN raw::float8 END;
COMMENT ON FUNCTION ingest.parse_value(text) IS
    'The value that a JSON member holds, given as it stands in the JSON text (json::text): a number. NULL for '
    'everything else: text is no value, whatever it looks like ("241408E4" is a serial number), nor is true; see '
    'ingest.parse_boolean, ingest.parse_written_value, ingest.value_error. Every way in asks it. Never raises.';
REVOKE ALL ON FUNCTION ingest.parse_value(text) FROM PUBLIC;
