CREATE OR REPLACE FUNCTION ml.rul_lite_load(
    x float8, y float8, z float8, vibe float8, current_threshold float8, vibration_threshold float8
) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    -- greatest passes over NULL: what has no threshold, or was not measured, is not judged
RETURN greatest(
    CASE WHEN num_nonnulls(x, y, z) > 0
        THEN sqrt(power(coalesce(x, 0), 2) + power(coalesce(y, 0), 2)
                  + power(coalesce(z, 0), 2)) END / current_threshold,
    abs(vibe) / vibration_threshold);
COMMENT ON FUNCTION ml.rul_lite_load(float8, float8, float8, float8, float8, float8) IS
    'What RUL-lite calls ratio: the greater of √(x²+y²+z²) / current threshold and |vibe| / vibration threshold. A '
    'current '
    'that is NULL counts as 0 beside others. NULL: nothing to judge it by. Numbers as ops.carried takes them.';
REVOKE ALL ON FUNCTION ml.rul_lite_load(float8, float8, float8, float8, float8, float8) FROM PUBLIC;
