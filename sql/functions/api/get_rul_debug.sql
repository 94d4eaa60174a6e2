CREATE OR REPLACE FUNCTION api.get_rul_debug(
    equipment_id text DEFAULT NULL, power text DEFAULT NULL, page integer DEFAULT 1, size integer DEFAULT 100
) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF page IS NULL OR page NOT BETWEEN 1 AND 100000 THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'page', MESSAGE = 'page must be 1 to 100000';
    ELSIF size IS NULL OR size NOT BETWEEN 1 AND 1000 THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'size', MESSAGE = 'size must be 1 to 1000';
    END IF;
    IF equipment_id IS NOT NULL THEN
        PERFORM api.check_equipment(equipment_id, 'equipment_id');
    END IF;
    RETURN (
        WITH known AS (
            -- what has a state, and what has thresholds of its own and none yet
            SELECT s.equipment_id, s.power FROM ml.rul_lite_state AS s
            UNION
            SELECT t.equipment_id, t.power FROM ml.rul_lite_threshold AS t
            WHERE NOT EXISTS (SELECT FROM ml.rul_lite_state AS s WHERE s.equipment_id = t.equipment_id)
        ), asked AS (
            SELECT k.* FROM known AS k
            WHERE (get_rul_debug.equipment_id IS NULL OR k.equipment_id = get_rul_debug.equipment_id)
              AND (get_rul_debug.power IS NULL OR k.power = get_rul_debug.power)
        )
        SELECT jsonb_build_object(
            'states', coalesce((
                SELECT jsonb_agg(jsonb_build_object(
                    'equipment_id', k.equipment_id, 'power', k.power, 'alarm', s.is_on::integer, 'ratio', s.ratio,
                    'rul_pct', 100 * least(s.units / ops.setting_float('ml.rul_lite_life'), 1), 'units', s.units,
                    'ceiling', s.ceiling, 'above', s.above, 'below', s.below, 'calm', s.calm,
                    'step_decay', s.step_decay,
                    'step_recover', s.step_recover, 'updated_at', api.iso(s.time),
                    'recorded_at', api.iso(s.recorded_at),
                    'x', s.x, 'y', s.y, 'z', s.z, 'vibe', s.vibe,
                    'thresholds', CASE WHEN t.equipment_id IS NOT NULL THEN jsonb_build_object(
                        'current', t.current_threshold, 'vibration', t.vibration_threshold, 'source', t.source,
                        'equipment_id', t.equipment_id, 'power', t.power, 'set_at', api.iso(t.set_at)) END,
                    'stored_to', api.iso(f.done_to), 'stored_ticks', f.ticks) ORDER BY k.equipment_id, k.power)
                FROM (SELECT a.* FROM asked AS a ORDER BY a.equipment_id, a.power
                      LIMIT get_rul_debug.size OFFSET (page - 1)::bigint * get_rul_debug.size) AS k
                LEFT JOIN ml.rul_lite_state AS s ON s.equipment_id = k.equipment_id AND s.power = k.power
                LEFT JOIN LATERAL ml.rul_lite_limits(k.equipment_id, k.power) AS t ON true
                LEFT JOIN ml.rul_lite_feed AS f ON f.equipment_id = k.equipment_id), '[]'),
            'total', (SELECT count(*) FROM asked), 'page', page, 'size', size,
            'settings', (SELECT jsonb_object_agg(substr(g.name, length('ml.rul_lite_') + 1), g.value)
                         FROM ops.setting AS g WHERE g.name LIKE 'ml.rul\_lite\_%'))
    );
END
$$;
COMMENT ON FUNCTION api.get_rul_debug(text, text, integer, integer) IS
    'What RUL-lite holds of each machine and power: state, counters, last reading, the thresholds that it is judged by '
    'and whose row they are, how far stored points have been taken; and its settings. A row that is all null has '
    'thresholds and never ticked. MW404: no such equipment.';
REVOKE ALL ON FUNCTION api.get_rul_debug(text, text, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.get_rul_debug(text, text, integer, integer) TO viewer;
