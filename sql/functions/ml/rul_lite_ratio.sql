CREATE OR REPLACE FUNCTION ml.rul_lite_ratio(
    equipment_id text, power text, x float8, y float8, z float8, vibe float8
) RETURNS float8
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ml.rul_lite_load($3, $4, $5, $6, t.current_threshold, t.vibration_threshold)
    FROM ml.rul_lite_limits($1, $2) AS t
$$;
COMMENT ON FUNCTION ml.rul_lite_ratio(text, text, float8, float8, float8, float8) IS
    'ml.rul_lite_load of a reading by the thresholds of its machine and power (ml.rul_lite_limits); NULL where there '
    'are '
    'none.';
REVOKE ALL ON FUNCTION ml.rul_lite_ratio(text, text, float8, float8, float8, float8) FROM PUBLIC;
