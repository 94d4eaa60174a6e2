CREATE OR REPLACE FUNCTION ops.carried(value float8) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN abs(value) < float8 '1e-100' THEN 0 WHEN abs(value) <= float8 '1e100' THEN value END;
COMMENT ON FUNCTION ops.carried(float8) IS
    'A number that can be computed with (ops.is_carried): what is nearer to 0 than 1e-100 becomes 0, as processors flush denormals; NULL for what is greater than 1e100, for NaN and infinities.';
REVOKE ALL ON FUNCTION ops.carried(float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.carried(float8) TO viewer, thin;
