CREATE OR REPLACE FUNCTION ml.conformal_low(rul_hours float8, lower_hours float8, shift float8) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN shift IS NULL THEN lower_hours
    ELSE least(rul_hours,
        greatest((1 + greatest(coalesce(lower_hours, rul_hours), 0)) * exp(- shift) - 1, 0)) END;
COMMENT ON FUNCTION ml.conformal_low(float8, float8, float8) IS
    'Lower end of an 80 % interval with a correction (ml.rul_correction.shift), in hours: moved by it in ln(1 h + '
    'hours), at least 0, at most the estimate. A method without an interval has one that is as wide as the correction. '
    'Without a correction: as the method states it.';
REVOKE ALL ON FUNCTION ml.conformal_low(float8, float8, float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.conformal_low(float8, float8, float8) TO viewer;
