CREATE OR REPLACE FUNCTION ingest.value_error(raw text, value float8) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        -- true for every finite number and for nothing else: the common case costs one subtraction
        WHEN value - value = 0 THEN CASE WHEN value IN (0, 1) AND raw IN ('true', 'false') THEN 'not_binary' END
        WHEN raw IS NULL THEN 'missing_value'
        WHEN value IS NULL
             AND lower(btrim(raw, '"')) NOT IN ('nan', 'infinity', '+infinity', '-infinity', 'inf', '+inf',
                                                '-inf') THEN 'not_a_number'
        ELSE 'non_finite'
    END;
COMMENT ON FUNCTION ingest.value_error(text, float8) IS
    'Why a member (as it stands in the JSON text) cannot be stored: missing_value, not_a_number, non_finite, or '
    'not_binary for true and false, which counts only where the sensor is of no binary type. NULL where it can.';
REVOKE ALL ON FUNCTION ingest.value_error(text, float8) FROM PUBLIC;
