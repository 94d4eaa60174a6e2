CREATE VIEW ml.feature_drift AS
SELECT d.*
FROM ml.drift((now() AT TIME ZONE 'UTC')::date - ceil(extract(epoch FROM ops.setting_interval('ml.drift_window')) / 86400)::integer + 1,
              (now() AT TIME ZONE 'UTC')::date + 1) AS d;
COMMENT ON VIEW ml.feature_drift IS
    'Drift of each model''s features over the last days (setting ml.drift_window) against its reference. Other spans: ml.drift(from, to). As fresh as the last run of ml.summarise.';
GRANT SELECT ON ml.feature_drift TO viewer;

CREATE VIEW ml.score_trend AS
SELECT m.equipment_id, m.power, m.model_version, d.stage, d.modality, d.day, d.predictions,
       d.anomalies::float8 / d.predictions AS anomaly_share, d.median_score, d.median_ratio, d.p95_ratio, d.max_ratio,
       d.median_latency_us, d.p99_latency_us,
       avg(d.median_ratio) FILTER (WHERE d.day < d.first_day + 7) OVER w AS first_week_median_ratio,
       d.median_ratio / nullif(avg(d.median_ratio) FILTER (WHERE d.day < d.first_day + 7) OVER w, 0) AS median_to_first_week,
       sum(d.anomalies) FILTER (WHERE d.day < d.first_day + 7) OVER w / sum(d.predictions) FILTER (WHERE d.day < d.first_day + 7) OVER w::float8
           AS first_week_anomaly_share,
       ml.finite(m.metrics -> 'false_alarm_rate') AS training_false_alarm_rate, d.model_id
FROM (
    SELECT s.*, min(s.day) OVER (PARTITION BY s.model_id, s.stage, s.modality) AS first_day FROM ml.score_day AS s
) AS d
JOIN ml.serve_ml_models AS m ON m.id = d.model_id
WINDOW w AS (PARTITION BY d.model_id, d.stage, d.modality);
COMMENT ON VIEW ml.score_trend IS
    'Per model, stage, modality and UTC day: how high the scores were (ratio: score / threshold), and how that compares with the model''s first week and with the false-alarm rate that its training reported. Filter by model; the first week is its own whatever the days asked for.';
GRANT SELECT ON ml.score_trend TO viewer;
