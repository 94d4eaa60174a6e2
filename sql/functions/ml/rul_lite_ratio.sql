CREATE OR REPLACE FUNCTION ml.rul_lite_ratio(
    equipment_id text, power text, x float8, y float8, z float8, vibe float8
) RETURNS float8
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    -- greatest passes over NULL: what has no threshold, or was not measured, is not judged
    SELECT greatest(
        CASE WHEN num_nonnulls($3, $4, $5) > 0 THEN
            sqrt(power(coalesce($3, 0), 2) + power(coalesce($4, 0), 2)
                 + power(coalesce($5, 0), 2)) END / t.current_threshold,
        abs($6) / t.vibration_threshold)
    FROM ml.rul_lite_threshold AS t
    WHERE t.equipment_id IN ($1, '*') AND t.power IN ($2, '*')
    ORDER BY t.equipment_id = '*', t.power = '*'
    LIMIT 1
$$;
COMMENT ON FUNCTION ml.rul_lite_ratio(text, text, float8, float8, float8, float8) IS
    'The greater of √(x²+y²+z²) / current threshold and |vibe| / vibration threshold, by the row of '
    'ml.rul_lite_threshold that fits best: machine and power, machine, power, any. A current that is NULL counts as 0 '
    'beside others. NULL: nothing to judge it by. Numbers as ops.carried takes them.';
REVOKE ALL ON FUNCTION ml.rul_lite_ratio(text, text, float8, float8, float8, float8) FROM PUBLIC;
