CREATE OR REPLACE FUNCTION ingest.parse_written_value(raw text) RETURNS float8
    LANGUAGE sql STABLE PARALLEL SAFE
    -- An exponent has a sign where a program wrote it (1e-05, 1.5E+07); without one it is a name (241408E4).
    RETURN coalesce(ingest.parse_value(raw),
        CASE WHEN raw ~ '^"[+-]?[0-9]{1,40}([.][0-9]{0,40})?([eE][+-][0-9]{1,3})?"$'
             THEN ingest.parse_value(btrim(raw, '"')) END);
COMMENT ON FUNCTION ingest.parse_written_value(text) IS
    'As ingest.parse_value, but a decimal number in quotes is one, too: for members that hold nothing but numbers, of '
    'senders who write them as text (unity/…). No hexadecimal, no exponent without a sign.';
REVOKE ALL ON FUNCTION ingest.parse_written_value(text) FROM PUBLIC;
