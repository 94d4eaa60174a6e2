CREATE VIEW public.serve_ml_models AS SELECT * FROM ml.serve_ml_models;
COMMENT ON VIEW public.serve_ml_models IS 'ml.serve_ml_models under the name that the field knows.';
GRANT SELECT ON public.serve_ml_models TO viewer;

CREATE VIEW public.serve_ml_predictions AS SELECT * FROM ml.serve_ml_predictions;
COMMENT ON VIEW public.serve_ml_predictions IS 'ml.serve_ml_predictions under the name that the field knows.';
GRANT SELECT ON public.serve_ml_predictions TO viewer;

CREATE VIEW public.anomaly_events AS
SELECT p.time AS event_time, p.equipment_id AS device_id, p.is_anomaly, p.confidence, p.severity, p.scores, p.thresholds,
       p.modalities, p.power, p.model_version, p.fault_label, p.contributions
FROM ml.serve_ml_predictions AS p
WHERE p.is_anomaly AND p.stage <> 'challenger';
COMMENT ON VIEW public.anomaly_events IS 'Predictions that found an anomaly (shadows left out), under the name that the field knows.';
GRANT SELECT ON public.anomaly_events TO viewer;
