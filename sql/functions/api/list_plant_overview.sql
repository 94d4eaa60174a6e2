CREATE OR REPLACE FUNCTION api.list_plant_overview(
    location text DEFAULT NULL, device_id text DEFAULT NULL, trend_minutes integer DEFAULT 0, "limit" integer DEFAULT 200, cursor text DEFAULT NULL
) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    c_longest_trend CONSTANT integer := 240; -- minutes
    c_recent CONSTANT interval := INTERVAL '1 hour'; -- a verdict that is older says nothing of now
    v_limit integer := api.page_limit("limit");
    v_now timestamptz := clock_timestamp();
    v_silent_after interval := ops.setting_interval('report.silent_after');
    v_trend_start timestamptz;
    v_page plant.equipment[];
    v_items jsonb;
BEGIN
    IF trend_minutes IS NULL OR trend_minutes NOT BETWEEN 0 AND c_longest_trend THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'trend_minutes',
            MESSAGE = format('trend_minutes must be 0 to %s', c_longest_trend);
    END IF;
    v_trend_start := date_trunc('minute', v_now) - make_interval(mins => trend_minutes - 1);
    v_page := ARRAY(
        SELECT e FROM plant.equipment AS e
        WHERE e.status <> 'retired' AND (cursor IS NULL OR e.id > cursor)
            AND (list_plant_overview.device_id IS NULL OR e.id = list_plant_overview.device_id)
            AND (list_plant_overview.location IS NULL OR e.location = list_plant_overview.location)
        ORDER BY e.id LIMIT v_limit);

    WITH machine AS (
        SELECT e.* FROM unnest(v_page) AS e
    ), sensor AS MATERIALIZED (
        SELECT s.id, s.equipment_id, s.name, s.type, s.unit, s.range_min, s.range_max, l.time, l.value, l.quality
        FROM machine AS m
        JOIN plant.sensor AS s ON s.equipment_id = m.id
        LEFT JOIN telemetry.latest AS l ON l.sensor_id = s.id AND isfinite(l.time)
        WHERE s.status <> 'retired'
    ), trend AS (
        -- a minute without a value is null
        SELECT s.id, jsonb_agg(b.mean ORDER BY t.minute) AS means
        FROM sensor AS s
        CROSS JOIN generate_series(v_trend_start, v_now, INTERVAL '1 minute') AS t (minute)
        LEFT JOIN LATERAL (
            -- as many digits as a small line shows
            SELECT CASE WHEN abs(r.mean) BETWEEN 1e-6 AND 1e12 THEN round(r.mean::numeric, 3)::float8 ELSE r.mean END AS mean
            FROM rollup.reading_1m AS r WHERE r.sensor_id = s.id AND r.bucket = t.minute
        ) AS b ON true
        WHERE trend_minutes > 0
        GROUP BY s.id
    ), value AS (
        SELECT s.equipment_id, max(s.time) AS last_value_at, jsonb_agg(jsonb_build_object(
                'sensor', s.name, 'sensor_id', s.id, 'sensor_type', s.type, 'unit', s.unit, 'time', api.iso(s.time), 'value', s.value,
                'quality', s.quality, 'is_out_of_range', coalesce(s.value < s.range_min OR s.value > s.range_max, false))
            || CASE WHEN trend_minutes > 0 THEN jsonb_build_object('trend', t.means) ELSE '{}' END ORDER BY s.name) AS sensors
        FROM sensor AS s
        LEFT JOIN trend AS t ON t.id = s.id
        GROUP BY s.equipment_id
    ), alarm AS (
        -- what is held back from the operators (shelved, suppressed, out of service) colours nothing
        SELECT a.equipment_id, count(*) FILTER (WHERE f.free) AS active, count(*) FILTER (WHERE f.free AND NOT a.acknowledged) AS unacknowledged,
            count(*) FILTER (WHERE NOT f.free) AS held, (array_agg(a.severity ORDER BY v.rank DESC) FILTER (WHERE f.free))[1] AS worst
        FROM alarm.alarm AS a
        CROSS JOIN LATERAL (SELECT alarm.is_free(a) AS free) AS f
        LEFT JOIN alarm.severity AS v ON v.name = a.severity
        WHERE a.cleared_at IS NULL
        GROUP BY a.equipment_id
    ), item AS (
        SELECT m.id, jsonb_build_object(
            'id', m.id, 'name', m.name, 'type', m.type, 'location', m.location, 'status', m.status, 'criticality', m.criticality,
            'state', plant.machine_state(w.is_in_maintenance OR m.status = 'maintenance', a.worst IS NOT NULL,
                v.last_value_at IS NULL OR v.last_value_at < v_now - v_silent_after, p.is_anomaly),
            'worst_severity', a.worst, 'active_alarms', coalesce(a.active, 0), 'unacknowledged_alarms', coalesce(a.unacknowledged, 0),
            'held_alarms', coalesce(a.held, 0), 'last_value_at', api.iso(v.last_value_at), 'next_maintenance', api.iso(m.next_maintenance),
            'last_prediction', CASE WHEN p.time IS NOT NULL THEN jsonb_build_object('time', api.iso(p.time), 'is_anomaly', p.is_anomaly,
                'confidence', p.confidence, 'severity', p.severity) END,
            'sensors', coalesce(v.sensors, '[]')) AS body
        FROM machine AS m
        LEFT JOIN value AS v ON v.equipment_id = m.id
        LEFT JOIN alarm AS a ON a.equipment_id = m.id
        CROSS JOIN LATERAL (SELECT EXISTS (
            SELECT FROM plant.maintenance AS x
            WHERE x.equipment_id = m.id AND x.status IN ('planned', 'in_progress') AND x.kind = 'window'
                AND x.starts_at <= v_now AND (x.ends_at IS NULL OR x.ends_at > v_now)) AS is_in_maintenance) AS w
        LEFT JOIN LATERAL (
            SELECT p.time, p.is_anomaly, p.confidence, p.severity FROM ml.serve_ml_predictions AS p
            WHERE p.equipment_id = m.id AND p.stage <> 'challenger' AND p.time > v_now - c_recent
            ORDER BY p.time DESC LIMIT 1
        ) AS p ON true
    )
    SELECT jsonb_agg(i.body ORDER BY i.id) INTO v_items FROM item AS i;
    RETURN jsonb_build_object('time', api.iso(v_now), 'trend_start', CASE WHEN trend_minutes > 0 THEN api.iso(v_trend_start) END,
        'notification_seq', (SELECT max(n.seq) FROM relay.notification AS n), 'items', coalesce(v_items, '[]'),
        'next_cursor', CASE WHEN cardinality(v_page) = v_limit THEN v_page[v_limit].id END);
END
$$;
COMMENT ON FUNCTION api.list_plant_overview(text, text, integer, integer, text) IS
    'One item per equipment that is not retired, in the order of ids: what it is, its state in one word (maintenance, alarm, silent, anomaly, normal), its worst alarm, and of each sensor the newest value; with trend_minutes also its means of the last minutes from trend_start on, one a minute, null where there is none. notification_seq: the newest one, for whoever listens to notifications to know that none is missing. silent: nothing came for the setting report.silent_after. cursor: the id of the last item of the page before.';
REVOKE ALL ON FUNCTION api.list_plant_overview(text, text, integer, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_plant_overview(text, text, integer, integer, text) TO viewer;
