CREATE OR REPLACE FUNCTION api.anomaly_stats(device_id text DEFAULT NULL, start timestamptz DEFAULT NULL, "end" timestamptz DEFAULT NULL) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    WITH span AS (
        SELECT coalesce(anomaly_stats.end, now()) AS until, coalesce(anomaly_stats.start, coalesce(anomaly_stats.end, now()) - INTERVAL '30 days') AS start
    ), p AS MATERIALIZED (
        SELECT x.equipment_id, x.is_anomaly, x.severity, x.confidence, x.ratio, x.time
        FROM ml.serve_ml_predictions AS x, span AS s
        WHERE x.stage <> 'challenger' AND x.time >= s.start AND x.time < s.until
          AND (anomaly_stats.device_id IS NULL OR x.equipment_id = anomaly_stats.device_id)
    )
    SELECT jsonb_build_object(
        'start', api.iso((SELECT s.start FROM span AS s)), 'end', api.iso((SELECT s.until FROM span AS s)),
        'total_predictions', count(*), 'total_anomalies', count(*) FILTER (WHERE p.is_anomaly),
        'critical_anomalies', count(*) FILTER (WHERE p.is_anomaly AND p.severity = 'critical'),
        'high_anomalies', count(*) FILTER (WHERE p.is_anomaly AND p.severity = 'high'),
        'medium_anomalies', count(*) FILTER (WHERE p.is_anomaly AND p.severity = 'medium'),
        'low_anomalies', count(*) FILTER (WHERE p.is_anomaly AND p.severity = 'low'),
        'anomaly_rate', count(*) FILTER (WHERE p.is_anomaly) / nullif(count(*), 0)::float8,
        'average_confidence', avg(p.confidence) FILTER (WHERE p.is_anomaly),
        'last_anomaly_at', api.iso(max(p.time) FILTER (WHERE p.is_anomaly)),
        'devices', count(DISTINCT p.equipment_id),
        'by_severity', (SELECT jsonb_object_agg(v.name, (SELECT count(*) FROM p AS q WHERE q.severity = v.name)) FROM alarm.severity AS v),
        'by_modality', (
            SELECT coalesce(jsonb_object_agg(m.modality, m.anomalies), '{}')
            FROM (SELECT r.key AS modality, count(*) FILTER (WHERE ml.finite(r.value) > 1) AS anomalies
                  FROM p AS q CROSS JOIN LATERAL jsonb_each(q.ratio) AS r GROUP BY r.key) AS m),
        'by_device', (
            SELECT coalesce(jsonb_agg(jsonb_build_object('device_id', d.equipment_id, 'predictions', d.predictions, 'anomalies', d.anomalies)
                                      ORDER BY d.anomalies DESC, d.equipment_id), '[]')
            FROM (SELECT q.equipment_id, count(*) AS predictions, count(*) FILTER (WHERE q.is_anomaly) AS anomalies FROM p AS q
                  GROUP BY q.equipment_id ORDER BY 3 DESC, 1 LIMIT 100) AS d))
    FROM p
$$;
COMMENT ON FUNCTION api.anomaly_stats(text, timestamptz, timestamptz) IS
    'What the models found (default: in the last 30 days; shadows left out): how many predictions and anomalies, by severity, modality (a score above its threshold) and device (the 100 with most).';
REVOKE ALL ON FUNCTION api.anomaly_stats(text, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.anomaly_stats(text, timestamptz, timestamptz) TO viewer;
