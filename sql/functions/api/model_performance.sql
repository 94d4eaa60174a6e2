CREATE OR REPLACE FUNCTION api.model_performance(
    device_id text DEFAULT NULL, start timestamptz DEFAULT NULL, "end" timestamptz DEFAULT NULL
) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH span AS (
        SELECT coalesce($3, now()) AS until, coalesce($2, coalesce($3, now()) - INTERVAL '30 days') AS start
    ), fault AS MATERIALIZED (
        SELECT f.equipment_id, f.starts_at, f.ends_at FROM plant.fault_span AS f, span AS s
        WHERE f.starts_at < s.until AND f.ends_at > s.start
    ), calm AS MATERIALIZED (
        SELECT l.equipment_id, l.starts_at, coalesce(l.ends_at, 'infinity') AS ends_at FROM plant.label AS l, span AS s
        WHERE l.kind = 'normal' AND l.starts_at < s.until AND coalesce(l.ends_at, 'infinity') > s.start
    ), judged AS MATERIALIZED (
        -- A machine without a single known fault in the span may have had none, or nobody wrote it down: of it only
        -- what somebody called normal counts.
        SELECT x.equipment_id, x.power, x.model_version, x.stage, x.is_anomaly, x.latency_us,
               ml.bundle_kind(x.scores, x.thresholds, x.ratio, x.value) AS kind,
               CASE WHEN EXISTS (SELECT FROM fault AS f WHERE f.equipment_id = x.equipment_id
                                 AND f.starts_at <= x.time AND f.ends_at > x.time) THEN true
                    WHEN EXISTS (SELECT FROM fault AS f WHERE f.equipment_id = x.equipment_id)
                         OR EXISTS (SELECT FROM calm AS c WHERE c.equipment_id = x.equipment_id
                                    AND c.starts_at <= x.time AND c.ends_at > x.time) THEN false
               END AS is_faulty
        FROM ml.serve_ml_predictions AS x, span AS s
        WHERE x.stage <> 'requested' AND x.time >= s.start AND x.time < s.until
          AND ($1 IS NULL OR x.equipment_id = $1)
    ), counted AS (
        SELECT j.equipment_id, j.power, j.model_version, j.stage, min(j.kind) AS kind, count(*) AS predictions,
               count(*) FILTER (WHERE j.is_anomaly) AS anomalies, count(j.is_faulty) AS labelled,
               count(*) FILTER (WHERE j.is_anomaly AND j.is_faulty) AS true_positives,
               count(*) FILTER (WHERE j.is_anomaly AND NOT j.is_faulty) AS false_positives,
               count(*) FILTER (WHERE NOT j.is_anomaly AND j.is_faulty) AS false_negatives,
               count(*) FILTER (WHERE NOT j.is_anomaly AND NOT j.is_faulty) AS true_negatives,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY j.latency_us) AS median_latency_us
        FROM judged AS j
        GROUP BY j.equipment_id, j.power, j.model_version, j.stage
    ), model AS (
        SELECT c.*, m.metrics, m.created_at AS trained_at,
               (c.true_positives + c.true_negatives) / nullif(c.labelled, 0)::float8 AS accuracy,
               c.true_positives / nullif(c.true_positives + c.false_positives, 0)::float8 AS precision,
               c.true_positives / nullif(c.true_positives + c.false_negatives, 0)::float8 AS recall,
               2 * c.true_positives / nullif(2 * c.true_positives + c.false_positives + c.false_negatives, 0)::float8
                   AS f1_score
        FROM counted AS c
        LEFT JOIN ml.serve_ml_models AS m ON m.equipment_id = c.equipment_id AND m.power = c.power
            AND m.model_version = c.model_version
    ), total AS (
        -- those that answer
        SELECT coalesce(sum(m.predictions), 0)::bigint AS predictions,
               coalesce(sum(m.anomalies), 0)::bigint AS anomalies, coalesce(sum(m.labelled), 0)::bigint AS labelled,
               sum(m.true_positives) AS tp, sum(m.false_positives) AS fp,
               sum(m.false_negatives) AS fn, sum(m.true_negatives) AS tn, max(m.trained_at) AS trained_at,
               CASE WHEN count(DISTINCT m.kind) = 1 THEN min(m.kind) END AS kind
        FROM model AS m WHERE m.stage = 'champion'
    )
    SELECT jsonb_build_object(
        'start', api.iso((SELECT s.start FROM span AS s)), 'end', api.iso((SELECT s.until FROM span AS s)),
        'device_id', $1, 'model_type', t.kind, 'accuracy', (t.tp + t.tn) / nullif(t.labelled, 0)::float8,
        'precision', t.tp / nullif(t.tp + t.fp, 0)::float8, 'recall', t.tp / nullif(t.tp + t.fn, 0)::float8,
        'f1_score', 2 * t.tp / nullif(2 * t.tp + t.fp + t.fn, 0)::float8, 'last_training', api.iso(t.trained_at),
        'total_predictions', t.predictions, 'anomaly_detections', t.anomalies,
        'message', CASE WHEN t.predictions = 0 THEN 'no model spoke in that time'
                        WHEN t.labelled = 0 THEN 'there is no label in that time to tell right from wrong: known '
                            'faults, failures, work orders, feedback on alarms (plant.label)'
                        ELSE format('%s of %s predictions have a label', t.labelled, t.predictions) END,
        'models', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'device_id', c.equipment_id, 'power', c.power, 'model_version', c.model_version, 'stage', c.stage,
                'predictions', c.predictions, 'anomalies', c.anomalies, 'labelled', c.labelled,
                'true_positives', c.true_positives, 'false_positives', c.false_positives,
                'false_negatives', c.false_negatives, 'true_negatives', c.true_negatives, 'accuracy', c.accuracy,
                'precision', c.precision, 'recall', c.recall, 'f1_score', c.f1_score,
                'median_latency_us', c.median_latency_us, 'training_metrics', c.metrics)
                ORDER BY c.equipment_id, c.power, c.model_version, c.stage), '[]') FROM model AS c))
    FROM total AS t
$$;
COMMENT ON FUNCTION api.model_performance(text, timestamptz, timestamptz) IS
    'Each model''s verdicts (default: of the last 30 days) against what is known of its machine (plant.label): '
    'accuracy, precision, recall and F1 per prediction, of each and of all that answer together; null, and message '
    'says why, where no label tells. training_metrics is what the bundle reports of itself.';
REVOKE ALL ON FUNCTION api.model_performance(text, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.model_performance(text, timestamptz, timestamptz) TO viewer;
