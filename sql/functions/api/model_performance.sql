CREATE OR REPLACE FUNCTION api.model_performance(device_id text DEFAULT NULL, start timestamptz DEFAULT NULL, "end" timestamptz DEFAULT NULL) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    WITH span AS (
        SELECT coalesce(model_performance.end, now()) AS until, coalesce(model_performance.start, coalesce(model_performance.end, now()) - INTERVAL '30 days') AS start
    ), judged AS MATERIALIZED (
        -- A machine without a single known fault in the span may have had none, or nobody wrote it down: only labelled ones count.
        SELECT x.equipment_id, x.power, x.model_version, x.stage, x.is_anomaly, x.latency_us,
               CASE WHEN EXISTS (SELECT FROM alarm.known_fault AS f WHERE f.equipment_id = x.equipment_id AND f.starts_at < s.until AND f.ends_at > s.start)
                    THEN EXISTS (SELECT FROM alarm.known_fault AS f WHERE f.equipment_id = x.equipment_id AND f.starts_at <= x.time AND f.ends_at > x.time)
               END AS is_faulty
        FROM ml.serve_ml_predictions AS x, span AS s
        WHERE x.stage <> 'requested' AND x.time >= s.start AND x.time < s.until
          AND (model_performance.device_id IS NULL OR x.equipment_id = model_performance.device_id)
    ), counted AS (
        SELECT j.equipment_id, j.power, j.model_version, j.stage, count(*) AS predictions, count(*) FILTER (WHERE j.is_anomaly) AS anomalies,
               count(j.is_faulty) AS labelled,
               count(*) FILTER (WHERE j.is_anomaly AND j.is_faulty) AS true_positives, count(*) FILTER (WHERE j.is_anomaly AND NOT j.is_faulty) AS false_positives,
               count(*) FILTER (WHERE NOT j.is_anomaly AND j.is_faulty) AS false_negatives,
               count(*) FILTER (WHERE NOT j.is_anomaly AND NOT j.is_faulty) AS true_negatives,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY j.latency_us) AS median_latency_us
        FROM judged AS j
        GROUP BY j.equipment_id, j.power, j.model_version, j.stage
    )
    SELECT jsonb_build_object(
        'start', api.iso((SELECT s.start FROM span AS s)), 'end', api.iso((SELECT s.until FROM span AS s)),
        'models', coalesce(jsonb_agg(jsonb_build_object(
            'device_id', c.equipment_id, 'power', c.power, 'model_version', c.model_version, 'stage', c.stage, 'predictions', c.predictions,
            'anomalies', c.anomalies, 'labelled', c.labelled, 'true_positives', c.true_positives, 'false_positives', c.false_positives,
            'false_negatives', c.false_negatives, 'true_negatives', c.true_negatives,
            'accuracy', (c.true_positives + c.true_negatives) / nullif(c.labelled, 0)::float8,
            'precision', c.true_positives / nullif(c.true_positives + c.false_positives, 0)::float8,
            'recall', c.true_positives / nullif(c.true_positives + c.false_negatives, 0)::float8,
            'f1_score', 2 * c.true_positives / nullif(2 * c.true_positives + c.false_positives + c.false_negatives, 0)::float8,
            'median_latency_us', c.median_latency_us, 'training_metrics', m.metrics)
            ORDER BY c.equipment_id, c.power, c.model_version, c.stage), '[]'))
    FROM counted AS c
    LEFT JOIN ml.serve_ml_models AS m ON m.equipment_id = c.equipment_id AND m.power = c.power AND m.model_version = c.model_version
$$;
COMMENT ON FUNCTION api.model_performance(text, timestamptz, timestamptz) IS
    'Each model''s verdicts (default: of the last 30 days) against the known faults of its machine (alarm.known_fault): accuracy, precision, recall and F1 per prediction; null where no fault of the machine is known in that time. training_metrics is what the bundle reports of itself.';
REVOKE ALL ON FUNCTION api.model_performance(text, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.model_performance(text, timestamptz, timestamptz) TO viewer;
