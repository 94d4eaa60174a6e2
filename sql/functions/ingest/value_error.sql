CREATE OR REPLACE FUNCTION ingest.value_error(raw text, value float8) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN raw IS NULL THEN 'missing_value'
        WHEN value IS NULL THEN 'not_a_number'
        WHEN value = 'NaN'::float8 OR abs(value) = 'Infinity'::float8 THEN 'non_finite'
    END;
COMMENT ON FUNCTION ingest.value_error(text, float8) IS
    'Why a member cannot be stored: missing_value, not_a_number, non_finite; NULL where it can.';
REVOKE ALL ON FUNCTION ingest.value_error(text, float8) FROM PUBLIC;
