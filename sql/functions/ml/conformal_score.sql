CREATE OR REPLACE FUNCTION ml.conformal_score(
    rul_hours float8, lower_hours float8, upper_hours float8, actual_hours float8
) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN greatest(
    ln(1 + greatest(coalesce(lower_hours, rul_hours), 0)) - ln(1 + actual_hours),
    ln(1 + actual_hours) - ln(1 + greatest(coalesce(upper_hours, rul_hours), 0)));
COMMENT ON FUNCTION ml.conformal_score(float8, float8, float8, float8) IS
    'How far outside of its interval what really was left lies, in ln(1 h + hours); negative: inside. Where the method '
    'states no interval, the estimate is both of its ends. The least shift with which ml.conformal_low and '
    'ml.conformal_high hold it.';
REVOKE ALL ON FUNCTION ml.conformal_score(float8, float8, float8, float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.conformal_score(float8, float8, float8, float8) TO viewer;
