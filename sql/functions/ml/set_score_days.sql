CREATE OR REPLACE FUNCTION ml.set_score_days(after timestamptz, until timestamptz) RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
    WITH touched AS MATERIALIZED (
        SELECT p.equipment_id, p.power, p.model_version, p.stage, p.time::date AS day
        FROM ml.serve_ml_predictions AS p
        WHERE p.received_at > set_score_days.after AND p.received_at <= set_score_days.until
        GROUP BY 1, 2, 3, 4, 5
    ), stored AS (
        -- medians do not add up: a day that got predictions is worked out anew
        INSERT INTO ml.score_day AS d (model_id, stage, modality, day, predictions, anomalies, median_score, median_ratio, p95_ratio,
                                       max_ratio, median_latency_us, p99_latency_us)
        SELECT m.id, t.stage, s.key, t.day, count(*), count(*) FILTER (WHERE p.is_anomaly),
               percentile_cont(0.5) WITHIN GROUP (ORDER BY ml.finite(s.value)), percentile_cont(0.5) WITHIN GROUP (ORDER BY ml.finite(p.ratio -> s.key)),
               percentile_cont(0.95) WITHIN GROUP (ORDER BY ml.finite(p.ratio -> s.key)), max(ml.finite(p.ratio -> s.key)),
               percentile_cont(0.5) WITHIN GROUP (ORDER BY p.latency_us), percentile_cont(0.99) WITHIN GROUP (ORDER BY p.latency_us)
        FROM touched AS t
        JOIN ml.serve_ml_models AS m ON m.equipment_id = t.equipment_id AND m.power = t.power AND m.model_version = t.model_version
        JOIN ml.serve_ml_predictions AS p ON p.equipment_id = t.equipment_id AND p.power = t.power AND p.model_version = t.model_version
            AND p.stage = t.stage AND p.time >= t.day AND p.time < t.day + 1 AND p.received_at <= set_score_days.until
        CROSS JOIN LATERAL jsonb_each(p.scores) AS s
        GROUP BY m.id, t.stage, s.key, t.day
        ON CONFLICT (model_id, stage, modality, day) DO UPDATE SET
            predictions = excluded.predictions, anomalies = excluded.anomalies, median_score = excluded.median_score,
            median_ratio = excluded.median_ratio, p95_ratio = excluded.p95_ratio, max_ratio = excluded.max_ratio,
            median_latency_us = excluded.median_latency_us, p99_latency_us = excluded.p99_latency_us
        -- a straggler of a day whose predictions are gone must not replace the day
        WHERE excluded.predictions >= d.predictions
        RETURNING 1
    )
    SELECT count(*) FROM stored
$$;
COMMENT ON FUNCTION ml.set_score_days(timestamptz, timestamptz) IS
    'Works ml.score_day out anew for the days of which predictions were received after … until; returns how many rows. Called by ml.summarise.';
REVOKE ALL ON FUNCTION ml.set_score_days(timestamptz, timestamptz) FROM PUBLIC;
