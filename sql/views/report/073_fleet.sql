CREATE VIEW report.fleet AS
SELECT e.id AS equipment_id, e.name, e.type, coalesce(e.location, '') AS location, e.status, e.criticality,
       plant.machine_state(i.is_in_maintenance OR e.status = 'maintenance', a.alarms > 0,
           s.last_value_at IS NULL OR s.last_value_at < w.silent_before, p.is_anomaly) AS state,
       CASE WHEN s.last_value_at >= w.silent_before THEN 1 - greatest(a.rank::float8 / w.rank, p.confidence, 0) END AS health,
       s.last_value_at AS last_seen, coalesce(s.sensors, 0) AS sensors, coalesce(a.alarms, 0) AS alarms, coalesce(a.unacknowledged, 0) AS unacknowledged,
       a.severity AS worst_severity, a.alarm_id AS worst_alarm_id, a.code AS worst_alarm,
       p.time AS last_prediction_at, p.is_anomaly, p.confidence,
       l.rul_hours, l.rul_low_hours, l.rul_high_hours, l.time AS rul_at,
       CASE WHEN isfinite(e.last_maintenance) THEN e.last_maintenance END AS last_maintenance,
       CASE WHEN isfinite(e.next_maintenance) THEN e.next_maintenance END AS next_maintenance, i.is_in_maintenance
FROM plant.equipment AS e
CROSS JOIN (
    SELECT max(v.rank) AS rank, now() - ops.setting_interval('report.silent_after') AS silent_before FROM alarm.severity AS v
) AS w
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT FROM plant.maintenance AS m
        WHERE m.equipment_id = e.id AND m.status IN ('planned', 'in_progress') AND m.kind = 'window'
            AND m.starts_at <= now() AND (m.ends_at IS NULL OR m.ends_at > now())) AS is_in_maintenance
) AS i
LEFT JOIN (
    SELECT x.equipment_id, count(*) AS sensors, max(t.time) FILTER (WHERE isfinite(t.time)) AS last_value_at
    FROM plant.sensor AS x
    LEFT JOIN telemetry.latest AS t ON t.sensor_id = x.id
    WHERE x.status <> 'retired'
    GROUP BY x.equipment_id
) AS s ON s.equipment_id = e.id
LEFT JOIN (
    SELECT x.equipment_id, count(*) AS alarms, count(*) FILTER (WHERE NOT x.acknowledged) AS unacknowledged,
           max(v.rank) AS rank, (array_agg(x.severity ORDER BY v.rank DESC, x.raised_at))[1] AS severity,
           (array_agg(x.id ORDER BY v.rank DESC, x.raised_at))[1] AS alarm_id,
           (array_agg(x.code ORDER BY v.rank DESC, x.raised_at))[1] AS code
    FROM alarm.alarm AS x
    JOIN alarm.severity AS v ON v.name = x.severity
    WHERE x.cleared_at IS NULL AND alarm.is_free(x)
    GROUP BY x.equipment_id
) AS a ON a.equipment_id = e.id
LEFT JOIN LATERAL (
    -- version by version: so each look-up is one step into the primary key, however many predictions there are
    SELECT y.time, y.is_anomaly, y.confidence
    FROM (SELECT DISTINCT m.power, m.model_version FROM ml.serve_ml_models AS m WHERE m.equipment_id = e.id) AS m
    CROSS JOIN (VALUES ('champion'), ('requested')) AS g (stage)
    CROSS JOIN LATERAL (
        SELECT x.time, x.is_anomaly, x.confidence FROM ml.serve_ml_predictions AS x
        WHERE x.equipment_id = e.id AND x.power = m.power AND x.model_version = m.model_version AND x.stage = g.stage
            AND x.time > now() - INTERVAL '1 hour'
        ORDER BY x.time DESC LIMIT 1
    ) AS y
    ORDER BY y.time DESC LIMIT 1
) AS p ON true
LEFT JOIN report.current_life AS l ON l.equipment_id = e.id
WHERE e.status <> 'retired';
COMMENT ON VIEW report.fleet IS
    'One row per machine that is not retired. state: maintenance (a window is open), alarm (one stands and is not held), silent (no value for the setting report.silent_after), anomaly (the last prediction of this hour found one), normal. health, 0 to 1: 1 less the worst alarm''s rank (as a share of the greatest) or that prediction''s confidence, whichever is more; NULL: silent. Alarms that are shelved, suppressed or out of service do not count.';
GRANT SELECT ON report.fleet TO viewer;
