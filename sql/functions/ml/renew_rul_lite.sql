CREATE OR REPLACE FUNCTION ml.renew_rul_lite(equipment_id text, power text DEFAULT NULL) RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH gone AS (
        DELETE FROM ml.rul_lite_state AS s
        WHERE s.equipment_id = $1 AND ($2 IS NULL OR s.power = $2)
        RETURNING 1
    )
    SELECT count(*)::integer FROM gone
$$;
COMMENT ON FUNCTION ml.renew_rul_lite(text, text) IS
    'After an overhaul: the next tick of RUL-lite begins a whole new life of the machine (and power; NULL: all). '
    'Returns how many lives ended.';
REVOKE ALL ON FUNCTION ml.renew_rul_lite(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.renew_rul_lite(text, text) TO engineer;
