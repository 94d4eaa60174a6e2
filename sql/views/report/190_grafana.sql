-- What the boards of the original system query, by its names. public.sensor_data and its kin have the names of the API.
CREATE VIEW grafana.sensor_data AS
SELECT r.time, s.equipment_id AS device, telemetry.field_type(s.type, s.name) AS sensor_type, r.value,
       s.equipment_id AS device_id, s.name AS sensor, s.type, s.unit, r.quality, r.is_historical, r.sensor_id
FROM telemetry.reading AS r
JOIN plant.sensor AS s ON s.id = r.sensor_id;
COMMENT ON VIEW grafana.sensor_data IS
    'Points as the original system''s boards read them: device, and sensor_type x, y, z (currents), vibe (vibration). Filter by time and device.';
GRANT SELECT ON grafana.sensor_data TO viewer;

CREATE VIEW grafana.serve_ml_predictions AS
SELECT p.time, p.equipment_id, p.power, p.model_version, p.stage, p.source, p."case", to_jsonb(p.modalities) AS modalities, p.is_anomaly,
       p.confidence, p.severity, p.scores, p.thresholds, p.ratio, p.fault_label, p.fault_probability, p.probabilities, p.contributions,
       to_jsonb(p.warnings) AS warnings, p.features, p.latency_us, p.value, m.bundle_path, p.received_at AS created_at
FROM ml.serve_ml_predictions AS p
LEFT JOIN ml.serve_ml_models AS m
    ON m.equipment_id = p.equipment_id AND m.power = p.power AND m.model_version = p.model_version;
COMMENT ON VIEW grafana.serve_ml_predictions IS
    'Predictions as the original system''s boards read them: modalities as a JSON array, bundle_path, created_at. Filter by time and equipment_id.';
GRANT SELECT ON grafana.serve_ml_predictions TO viewer;

CREATE VIEW grafana.rul_predictions AS
SELECT l.time AS prediction_time, l.equipment_id AS device_id, l.rul_hours AS rul_value, l.confidence,
       (l.rul_high_hours - l.rul_low_hours) / 2 AS uncertainty
FROM report.remaining_life AS l;
COMMENT ON VIEW grafana.rul_predictions IS
    'report.remaining_life as the original system''s boards read it: hours, and half the width of the interval as uncertainty.';
GRANT SELECT ON grafana.rul_predictions TO viewer;
