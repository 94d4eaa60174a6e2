CREATE OR REPLACE FUNCTION ml.finite(value jsonb) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN jsonb_typeof(value) = 'number' THEN
    -- judged before the cast, which raises where float8 ends: the bounds of ops.carried
    CASE WHEN abs(value::numeric) < 1e-100 THEN 0 WHEN abs(value::numeric) <= 1e100 THEN value::float8 END END;
COMMENT ON FUNCTION ml.finite(jsonb) IS
    'A JSON number as a float8 that can be computed with (ops.carried): 0 for what is nearer to 0 than 1e-100; NULL for what is greater than 1e100, and for anything else.';
REVOKE ALL ON FUNCTION ml.finite(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.finite(jsonb) TO viewer;
