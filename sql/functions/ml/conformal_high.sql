CREATE OR REPLACE FUNCTION ml.conformal_high(rul_hours float8, upper_hours float8, shift float8) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN shift IS NULL THEN upper_hours
    ELSE least(greatest(rul_hours,
        (1 + greatest(coalesce(upper_hours, rul_hours), 0)) * exp(shift) - 1), 1e100) END;
COMMENT ON FUNCTION ml.conformal_high(float8, float8, float8) IS
    'Upper end of an 80 % interval with a correction, as ml.conformal_low gives the lower one: at least the estimate, '
    'at most 1e100.';
REVOKE ALL ON FUNCTION ml.conformal_high(float8, float8, float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.conformal_high(float8, float8, float8) TO viewer;
