CREATE OR REPLACE FUNCTION ingest.value_error(raw text, value float8) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        -- true for every finite number and for nothing else: the common case costs one subtraction
        WHEN value - value = 0 THEN NULL
        WHEN raw IS NULL THEN 'missing_value'
        WHEN value IS NULL THEN 'not_a_number'
        ELSE 'non_finite'
    END;
COMMENT ON FUNCTION ingest.value_error(text, float8) IS
    'Why a member cannot be stored: missing_value, not_a_number, non_finite; NULL where it can.';
REVOKE ALL ON FUNCTION ingest.value_error(text, float8) FROM PUBLIC;
