CREATE OR REPLACE FUNCTION ml.finite(value jsonb) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN jsonb_typeof(value) = 'number' THEN CASE WHEN abs(value::numeric) < 1e300 THEN value::float8 END END;
COMMENT ON FUNCTION ml.finite(jsonb) IS 'A JSON number as a float8; NULL for anything else, and for numbers that no float8 can hold.';
REVOKE ALL ON FUNCTION ml.finite(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.finite(jsonb) TO viewer;
