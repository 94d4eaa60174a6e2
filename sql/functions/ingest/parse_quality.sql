CREATE OR REPLACE FUNCTION ingest.parse_quality(raw text) RETURNS smallint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN raw IS NULL THEN 0
        WHEN lower(raw) IN ('good', 'ok', '0', 'true') THEN 0
        WHEN lower(raw) IN ('uncertain', '1') THEN 1
        WHEN lower(raw) IN ('bad', '2', 'false') THEN 2
        -- an OPC UA status code: its two highest bits are the severity
        WHEN pg_input_is_valid(raw, 'bigint') THEN least((raw::int8 >> 30) & 3, 2)
        ELSE 1
    END::smallint;
COMMENT ON FUNCTION ingest.parse_quality(text) IS
    'OPC UA severity 0 good, 1 uncertain, 2 bad from a word, the number itself or a 32-bit status code; unknown words '
    'count as uncertain. Never raises.';
REVOKE ALL ON FUNCTION ingest.parse_quality(text) FROM PUBLIC;
