CREATE OR REPLACE FUNCTION ingest.is_unreadable(payload text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    -- json takes these escapes, and raises when they become text; jsonb looks at once. Without an escape there is
    -- nothing to look at.
    RETURN strpos(payload, '\u') > 0 AND NOT pg_input_is_valid(payload, 'jsonb');
COMMENT ON FUNCTION ingest.is_unreadable(text) IS
    'Whether a JSON payload holds an escape that is no character (\u0000, half a surrogate pair): decoders report it '
    'as malformed_json instead of raising.';
REVOKE ALL ON FUNCTION ingest.is_unreadable(text) FROM PUBLIC;
