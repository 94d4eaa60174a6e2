CREATE OR REPLACE FUNCTION ingest.is_bulk(payload text, before timestamptz) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    -- long enough for an element, short enough to be nothing
    c_look CONSTANT integer := 1000;
    v_first text := substring(left(payload, c_look) FROM '^\s*\[\s*(\{[^{}]*\})');
    v_last text := substring(right(payload, c_look) FROM '(\{[^{}]*\})\s*\]\s*$');
BEGIN
    -- A guess that costs nothing, and nothing hangs on it but when the message is decoded.
    RETURN coalesce(v_first IS JSON OBJECT AND v_last IS JSON OBJECT
        AND ingest.parse_time(v_first::json ->> 'time') < before
        AND ingest.parse_time(v_last::json ->> 'time') < before, false);
EXCEPTION WHEN data_exception THEN
    -- an escape that is no character, say: the decoder will say what is wrong with it
    RETURN false;
END
$$;
COMMENT ON FUNCTION ingest.is_bulk(text, timestamptz) IS
    'Whether a payload looks like an array of points from before a time: its first and its last element are asked.';
REVOKE ALL ON FUNCTION ingest.is_bulk(text, timestamptz) FROM PUBLIC;
