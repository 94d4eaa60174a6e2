CREATE OR REPLACE FUNCTION api.rul_health_json(
    device_id text, "time" timestamptz, rul_hours float8, lower_hours float8, upper_hours float8, confidence float8,
    method text,
    model_version text, health_status text, basis jsonb
) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object(
        'device_id', device_id, 'current_rul', rul_hours,
        'health_percentage', coalesce(ml.finite(basis -> 'rul_pct'), (
            -- a regressor may say less than nothing
            SELECT 100 * greatest(rul_hours, 0) / (greatest(rul_hours, 0) + e.operating_hours)
            FROM plant.equipment AS e WHERE e.id = device_id AND e.operating_hours > 0 AND rul_hours IS NOT NULL)),
        'status', health_status,
        -- the advice; before there is any, the end. A hundred years at most: what is more is no forecast
        'last_maintenance_recommendation', coalesce((
            SELECT api.iso(a.act_at) FROM plant.advice AS a WHERE a.equipment_id = device_id), CASE WHEN coalesce(lower_hours, rul_hours) <= 876600 THEN
            api.iso("time" + greatest(coalesce(lower_hours, rul_hours), 0) * INTERVAL '1 hour') END),
        'confidence', confidence, 'updated_at', api.iso("time"), 'lower', lower_hours,
        'upper', upper_hours, 'method', method, 'model_version', model_version)
$$;
COMMENT ON FUNCTION api.rul_health_json(text, timestamptz, float8, float8, float8, float8, text, text, text, jsonb) IS
    'A machine''s health by the estimate that governs it (component RulHealth); all but device_id null where there is '
    'none.';
REVOKE ALL ON FUNCTION api.rul_health_json(text, timestamptz, float8, float8, float8, float8, text, text, text, jsonb)
    FROM PUBLIC;
