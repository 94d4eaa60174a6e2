CREATE OR REPLACE FUNCTION api.get_notification_stats(
    device_id text DEFAULT NULL, start timestamptz DEFAULT NULL, "end" timestamptz DEFAULT NULL
) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_end timestamptz := coalesce("end", clock_timestamp());
    -- before there is none: the outbox keeps no more
    v_start timestamptz := coalesce(start, v_end - ops.setting_interval('relay.outbox_retention'));
BEGIN
    IF v_start >= v_end THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'end', MESSAGE = 'end must be later than start';
    END IF;
    RETURN (
        WITH said AS MATERIALIZED (
            SELECT n.kind, n.event, n.severity FROM relay.notification AS n
            WHERE n.created_at >= v_start AND n.created_at < v_end
                AND (get_notification_stats.device_id IS NULL OR n.equipment_id = get_notification_stats.device_id)
        ), standing AS (
            SELECT count(*) AS active, count(*) FILTER (WHERE NOT a.acknowledged) AS unacknowledged
            FROM alarm.alarm AS a
            WHERE a.cleared_at IS NULL
                AND (get_notification_stats.device_id IS NULL OR a.equipment_id = get_notification_stats.device_id)
        )
        SELECT jsonb_build_object(
            'start', api.iso(v_start), 'end', api.iso(v_end), 'total', (SELECT count(*) FROM said),
            'by_kind', (SELECT coalesce(jsonb_object_agg(k.kind, k.count), '{}')
                        FROM (SELECT s.kind, count(*) AS count FROM said AS s GROUP BY s.kind) AS k),
            'by_event', (SELECT coalesce(jsonb_object_agg(k.event, k.count), '{}')
                         FROM (SELECT s.event, count(*) AS count FROM said AS s WHERE s.event IS NOT NULL
                               GROUP BY s.event) AS k),
            'by_severity', (SELECT coalesce(jsonb_object_agg(v.name, (SELECT count(*) FROM said AS s
                                                                      WHERE s.severity = v.name)), '{}')
                            FROM alarm.severity AS v),
            'active_alarms', t.active, 'unacknowledged_alarms', t.unacknowledged)
        FROM standing AS t);
END
$$;
COMMENT ON FUNCTION api.get_notification_stats(text, timestamptz, timestamptz) IS
    'How many notifications there were, by kind, event and severity (default: as far back as they are kept), and how '
    'many '
    'alarms stand now.';
REVOKE ALL ON FUNCTION api.get_notification_stats(text, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.get_notification_stats(text, timestamptz, timestamptz) TO viewer;
