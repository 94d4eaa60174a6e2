CREATE OR REPLACE FUNCTION api.ingest_rul(
    equipment_id text, power text DEFAULT 'auto', x float8 DEFAULT NULL, y float8 DEFAULT NULL, z float8 DEFAULT NULL,
    vibe float8 DEFAULT NULL
) RETURNS jsonb
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.rul_lite_json(ml.tick_rul_lite(equipment_id, coalesce(power, 'auto'), x, y, z, vibe))
$$;
COMMENT ON FUNCTION api.ingest_rul(text, text, float8, float8, float8, float8) IS
    'A reading for RUL-lite: currents x, y, z and vibration vibe (ml.tick_rul_lite). ratio is null, and nothing '
    'changes, while the machine and power have no thresholds (ml.calibrate_rul_lite, ml.rul_lite_threshold).';
REVOKE ALL ON FUNCTION api.ingest_rul(text, text, float8, float8, float8, float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.ingest_rul(text, text, float8, float8, float8, float8) TO operator;
