CREATE OR REPLACE FUNCTION api.list_advice(
    device_id text DEFAULT NULL, location text DEFAULT NULL, risk float8 DEFAULT NULL, "limit" integer DEFAULT 100,
    page integer DEFAULT 1
) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_limit integer := api.page_limit("limit");
BEGIN
    IF page IS NULL OR page NOT BETWEEN 1 AND 100000 THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'page', MESSAGE = 'page must be 1 or more';
    ELSIF risk IS NOT NULL AND (risk BETWEEN 0.001 AND 0.5) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'risk', MESSAGE = 'risk must be 0.001 to 0.5';
    END IF;
    IF device_id IS NOT NULL THEN
        PERFORM api.check_equipment(device_id, 'device_id');
    END IF;
    RETURN (
        WITH chosen AS MATERIALIZED (
            SELECT a.*, e.name AS equipment_name, e.location AS place, c.name AS component, o.work_order_id,
                   w.status AS work_order_status
            FROM plant.advice AS a
            JOIN plant.equipment AS e ON e.id = a.equipment_id
            LEFT JOIN plant.component AS c ON c.id = a.component_id
            LEFT JOIN plant.advice_order AS o ON o.equipment_id = a.equipment_id AND o.run_began_at = a.run_began_at
                AND o.component_id IS NOT DISTINCT FROM a.component_id
            LEFT JOIN plant.work_order AS w ON w.id = o.work_order_id
            WHERE (list_advice.device_id IS NULL OR a.equipment_id = list_advice.device_id)
              AND (list_advice.location IS NULL OR e.location = list_advice.location)
        ), shown AS (
            SELECT x.* FROM chosen AS x ORDER BY x.stop_at NULLS LAST, x.equipment_id
            LIMIT v_limit OFFSET (page - 1)::bigint * v_limit
        ), asked AS MATERIALIZED (
            -- another risk than the job's is asked of the estimates themselves
            SELECT r.equipment_id, r.latest_safe_at, r.act_at
            FROM report.advice(list_advice.device_id, list_advice.risk) AS r
            WHERE list_advice.risk IS NOT NULL
        )
        SELECT jsonb_build_object(
            'items', coalesce((
                SELECT jsonb_agg(jsonb_build_object(
                    'device_id', s.equipment_id, 'device_name', s.equipment_name, 'location', s.place,
                    'component_id', s.component_id, 'component', s.component, 'made_at', api.iso(s.made_at),
                    'best_at', api.iso(s.best_at), 'best_cost_per_hour', s.best_cost_per_hour,
                    'failing_cost_per_hour', s.failing_cost_per_hour, 'risk', coalesce(list_advice.risk, s.risk),
                    'latest_safe_at', api.iso(CASE WHEN list_advice.risk IS NULL THEN s.latest_safe_at
                                                   ELSE q.latest_safe_at END),
                    'act_at', api.iso(CASE WHEN list_advice.risk IS NULL THEN s.act_at ELSE q.act_at END),
                    'stop_at', api.iso(s.stop_at), 'stop_with', to_jsonb(s.stop_with), 'moving_cost', s.moving_cost,
                    'reason', s.reason, 'basis', s.basis, 'work_order_id', s.work_order_id,
                    'work_order_status', s.work_order_status) ORDER BY s.stop_at NULLS LAST, s.equipment_id)
                FROM shown AS s LEFT JOIN asked AS q ON q.equipment_id = s.equipment_id), '[]'),
            'total', (SELECT count(*) FROM chosen), 'page', page, 'size', v_limit,
            'currency', ops.setting_text('plant.currency')));
END
$$;
COMMENT ON FUNCTION api.list_advice(text, text, float8, integer, integer) IS
    'When machines should be seen to and what speaks for it (plant.advice), the first stop first. risk: latest_safe_at '
    'and act_at for this probability instead of the setting plant.advice_risk. MW404: no such equipment.';
REVOKE ALL ON FUNCTION api.list_advice(text, text, float8, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_advice(text, text, float8, integer, integer) TO viewer;
