CREATE OR REPLACE FUNCTION alarm.finite_or_null(value float8) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN value NOT IN ('NaN', 'Infinity', '-Infinity') THEN value END;
COMMENT ON FUNCTION alarm.finite_or_null(float8) IS 'NULL in place of what is no number: nothing is judged then.';
REVOKE ALL ON FUNCTION alarm.finite_or_null(float8) FROM PUBLIC;
