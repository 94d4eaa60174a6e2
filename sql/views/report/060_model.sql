CREATE VIEW report.model AS
SELECT m.equipment_id, m.power, m.model_version, m.status, m.status_reason, m.modalities, m."case", m.unscaled, m.notes, m.has_golden,
       a.aliases, s.serving_version = m.model_version AS answers, r.reference, r.features AS reference_features,
       d.major, d.moderate, d.worst_feature, d.worst_psi, m.updated_at
FROM ml.serve_ml_models AS m
JOIN ml.serving AS s ON s.equipment_id = m.equipment_id AND s.power = m.power
LEFT JOIN LATERAL (
    SELECT string_agg(x.alias, ', ' ORDER BY x.alias) AS aliases FROM ml.model_alias AS x
    WHERE x.equipment_id = m.equipment_id AND x.power = m.power AND x.model_version = m.model_version
) AS a ON true
LEFT JOIN (
    SELECT x.model_id, min(x.source) AS reference, count(*) AS features FROM ml.feature_reference AS x GROUP BY x.model_id
) AS r ON r.model_id = m.id
LEFT JOIN (
    SELECT x.model_id, count(*) FILTER (WHERE x.level = 'major') AS major, count(*) FILTER (WHERE x.level = 'moderate') AS moderate,
           (array_agg(x.feature ORDER BY x.psi DESC NULLS LAST))[1] AS worst_feature, max(x.psi) AS worst_psi
    FROM ml.feature_drift AS x GROUP BY x.model_id
) AS d ON d.model_id = m.id;
COMMENT ON VIEW report.model IS
    'One row per model version: status, aliases, whether it answers, what its drift is measured against, and how many of its features drift (setting ml.drift_window).';
GRANT SELECT ON report.model TO viewer;

CREATE VIEW report.feature_drift_day AS
SELECT m.equipment_id, m.power, m.model_version, d.feature, d.day, d.samples,
       ml.psi(r.expected, ARRAY[d.bin_1, d.bin_2, d.bin_3, d.bin_4, d.bin_5, d.bin_6, d.bin_7, d.bin_8, d.bin_9, d.bin_10]::bigint[]) AS psi,
       (d.sum / nullif(d.samples, 0) - ops.carried(r.mean)) / nullif(ops.carried(r.spread), 0) AS mean_shift,
       (d.below + d.above)::float8 / nullif(d.samples, 0) AS outside_share, 1 - d.samples::float8 / nullif(d.predictions, 0) AS missing_share
FROM ml.feature_day AS d
JOIN ml.serve_ml_models AS m ON m.id = d.model_id
JOIN ml.feature_reference AS r ON r.model_id = d.model_id AND r.feature = d.feature;
COMMENT ON VIEW report.feature_drift_day IS
    'Drift of each feature day by day, to see when it began. Filter by equipment_id and day. A day with few samples has a high psi by chance (about 9 / samples).';
GRANT SELECT ON report.feature_drift_day TO viewer;

CREATE VIEW report.shadow_day AS
SELECT c.equipment_id, c.power, c.model_version AS champion, h.model_version AS challenger, (c.time AT TIME ZONE 'UTC')::date AS day,
       count(*) AS inputs, count(*) FILTER (WHERE c.is_anomaly = h.is_anomaly) / count(*)::float8 AS agreement,
       count(*) FILTER (WHERE c.is_anomaly) AS champion_anomalies, count(*) FILTER (WHERE h.is_anomaly) AS challenger_anomalies
FROM ml.serve_ml_predictions AS c
JOIN ml.serve_ml_predictions AS h ON h.equipment_id = c.equipment_id AND h.power = c.power AND h.time = c.time AND h.stage = 'challenger'
WHERE c.stage = 'champion'
GROUP BY 1, 2, 3, 4, 5;
COMMENT ON VIEW report.shadow_day IS
    'Champion and challenger on the same inputs, day by day. Filter by equipment_id; it reads the stored predictions. More: ml.compare_shadow.';
GRANT SELECT ON report.shadow_day TO viewer;
