INSERT INTO ops.setting (name, value, description, unit) VALUES
    ('ml.report_lifetime', '"15 minutes"', 'How long what a thin process said of its bundles counts beside a newer report of another process.', 'interval'),
    ('ml.reference_samples', '500', 'How many predictions a reference is learned from where a bundle brings no training statistics; null: none is learned by itself.', 'count'),
    ('ml.drift_window', '"7 days"', 'Over how many days ml.feature_drift and its alarm look.', 'interval'),
    ('ml.drift_minimum_samples', '500', 'With fewer values of a feature its drift is not judged: chance alone gives a PSI of about 9 / count.', 'count'),
    ('ml.drift_psi_moderate', '0.1', 'Population stability index above which a feature''s drift is called moderate.', NULL),
    ('ml.drift_psi_major', '0.25', 'Population stability index above which a feature''s drift is called major and raises a system alarm; null: none.', NULL),
    ('ml.unscaled_severity', '"low"', 'A model verdict of a bundle that lacks a scaler is never above this severity, for its threshold means little; null: no cap.', NULL),
    ('ml.prediction_retention', 'null', 'How long predictions are kept (a week''s chunk at a time, at least 7 days); null: for ever. Drift and score trend stay.', 'interval'),
    ('ml.feature_retention', 'null', 'How long predictions keep the features that they were made from (at least 7 days); null: as long as the prediction. They are most of its size.', 'interval'),
    ('ml.summary_retention', '"2 years"', 'How long ml.feature_day, from which drift is worked out, is kept; null: for ever.', 'interval')
ON CONFLICT (name) DO NOTHING;
INSERT INTO ops.job (name, procedure, schedule, description) VALUES
    ('ml.watch_models', 'ml.watch_models', '1 minute', 'Which bundles are there according to the processes that are still heard; an alarm for a champion that is away.'),
    ('ml.summarise', 'ml.summarise', '1 hour', 'Adds new predictions to the days that drift and score trend are worked out from.'),
    ('ml.watch_drift', 'ml.watch_drift', '1 day', 'An alarm for each model whose input is no longer what it was trained on.'),
    ('ml.purge_predictions', 'ml.purge_predictions', '1 day', 'Drops old predictions or their features, as the settings say.')
ON CONFLICT (name) DO NOTHING;
-- rules that were never touched: one for all machines, which a rule for some of them overrides
UPDATE alarm.rule SET family = 'model-verdict' WHERE name = 'model-verdict' AND family IS NULL AND version = 1;
