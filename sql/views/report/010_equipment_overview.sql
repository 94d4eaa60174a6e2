CREATE VIEW report.equipment_overview AS
SELECT
    e.id, e.name, e.type, e.category, e.location, e.status, e.criticality, e.operating_hours, e.max_operating_hours,
    e.last_maintenance, e.next_maintenance,
    s.sensors, s.last_value_at,
    coalesce(a.active_alarms, 0) AS active_alarms,
    coalesce(a.unacknowledged_alarms, 0) AS unacknowledged_alarms,
    a.worst_severity,
    p.time AS last_prediction_at, p.is_anomaly AS last_prediction_is_anomaly, p.confidence AS last_prediction_confidence,
    EXISTS (
        SELECT FROM plant.maintenance AS m
        WHERE m.equipment_id = e.id AND m.status IN ('planned', 'in_progress') AND m.kind = 'window'
            AND m.starts_at <= now() AND (m.ends_at IS NULL OR m.ends_at > now())) AS is_in_maintenance
FROM plant.equipment AS e
LEFT JOIN LATERAL (
    SELECT count(*) AS sensors, max(l.time) FILTER (WHERE isfinite(l.time)) AS last_value_at
    FROM plant.sensor AS s
    LEFT JOIN telemetry.latest AS l ON l.sensor_id = s.id
    WHERE s.equipment_id = e.id
) AS s ON true
LEFT JOIN (
    SELECT a.equipment_id, count(*) AS active_alarms, count(*) FILTER (WHERE NOT a.acknowledged) AS unacknowledged_alarms,
        (array_agg(a.severity ORDER BY v.rank DESC))[1] AS worst_severity
    FROM alarm.alarm AS a
    LEFT JOIN alarm.severity AS v ON v.name = a.severity
    WHERE a.cleared_at IS NULL
    GROUP BY a.equipment_id
) AS a ON a.equipment_id = e.id
LEFT JOIN LATERAL (
    SELECT p.time, p.is_anomaly, p.confidence FROM ml.serve_ml_predictions AS p
    WHERE p.equipment_id = e.id AND p.stage <> 'challenger' AND p.time > now() - INTERVAL '30 days'
    ORDER BY p.time DESC LIMIT 1
) AS p ON true;
COMMENT ON VIEW report.equipment_overview IS
    'One row per equipment: what it is, when it was last heard, its active alarms with the worst severity, its last prediction (of the last 30 days).';
GRANT SELECT ON report.equipment_overview TO viewer;
