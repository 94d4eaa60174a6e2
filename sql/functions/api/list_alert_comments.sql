CREATE OR REPLACE FUNCTION api.list_alert_comments(device_id text, "limit" integer DEFAULT 50) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_alarms CONSTANT integer := 1000; -- of a machine, the newest: further back nobody reads
    v_limit integer := api.page_limit("limit");
BEGIN
    RETURN jsonb_build_object('items', coalesce((
        SELECT jsonb_agg(jsonb_build_object('alarm_id', n.alarm_id, 'rule', n.code, 'sensor', n.sensor, 'kind', n.kind,
            'time', api.iso(n.occurred_at), 'actor', n.actor, 'comment', n.comment) ORDER BY n.id DESC)
        FROM (
            SELECT t.id, t.alarm_id, a.code, s.name AS sensor, t.kind, t.occurred_at, t.actor, t.comment
            FROM (
                SELECT x.id, x.code, x.sensor_id FROM alarm.alarm AS x
                WHERE x.equipment_id = device_id ORDER BY x.raised_at DESC LIMIT c_alarms
            ) AS a
            JOIN alarm.transition AS t ON t.alarm_id = a.id
            LEFT JOIN plant.sensor AS s ON s.id = a.sensor_id
            WHERE t.comment <> ''
            ORDER BY t.id DESC LIMIT v_limit
        ) AS n), '[]'), 'next_cursor', NULL);
END
$$;
COMMENT ON FUNCTION api.list_alert_comments(text, integer) IS
    'What people wrote to the alarms of one equipment (comments, reasons of acknowledging and shelving), newest first; of its newest 1000 alarms.';
REVOKE ALL ON FUNCTION api.list_alert_comments(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_alert_comments(text, integer) TO viewer;
