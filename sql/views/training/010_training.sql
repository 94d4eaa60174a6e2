CREATE VIEW ml.training_features AS
SELECT p.equipment_id, p.power, p.time, 'prediction' AS source, NULL::text AS modality, p.features
FROM ml.serve_ml_predictions AS p
-- a shadow is scored on the champion's input, and what a client asks of a version by name says nothing of the machine
WHERE p.stage = 'champion' AND p.features IS NOT NULL
UNION ALL
SELECT w.equipment_id, w.power, w.time, 'waveform', w.modality, w.features
FROM ml.waveform_features AS w
-- a scored one stands with its prediction
WHERE w.outcome <> 'scored';
COMMENT ON VIEW ml.training_features IS
    'Features that are kept, as models took them: of predictions (settings ml.prediction_retention, '
    'ml.feature_retention) and of waveforms that nothing scored (ml.waveform_retention). Filter by equipment_id and '
    'time. For training; ml.training_label says when the machine was not well.';
COMMENT ON COLUMN ml.training_features.power IS
    'Power class that answered, or that the message named; NULL: it named none.';
COMMENT ON COLUMN ml.training_features.modality IS
    'Of a waveform; NULL: features of all modalities that the bundle took.';
COMMENT ON COLUMN ml.training_features.features IS 'Feature name to value, or to a list of values, the newest last.';
GRANT SELECT ON ml.training_features TO viewer, trainer;

CREATE VIEW ml.training_label AS
SELECT l.equipment_id, e.type AS equipment_type, l.starts_at, l.ends_at, l.kind, l.source, l.component_id, l.detail
FROM plant.label AS l
LEFT JOIN plant.equipment AS e ON e.id = l.equipment_id;
COMMENT ON VIEW ml.training_label IS
    'plant.label with the machine''s type, for training: what is known of machines from outside of their signals.';
GRANT SELECT ON ml.training_label TO viewer, trainer;

CREATE VIEW ml.training_signal AS
SELECT s.equipment_id, e.type AS equipment_type, s.name AS signal, s.type AS signal_type, s.unit, s.sampling_rate
FROM plant.sensor AS s
JOIN plant.equipment AS e ON e.id = s.equipment_id
WHERE s.status <> 'retired';
COMMENT ON VIEW ml.training_signal IS 'Signals that machines have, by the names that ml.training_window takes.';
COMMENT ON COLUMN ml.training_signal.sampling_rate IS 'Nominal, samples a second (Hz).';
GRANT SELECT ON ml.training_signal TO viewer, trainer;

CREATE VIEW ml.training_lives AS
SELECT l.equipment_id, l.equipment_type, l.component, l.component_type, l.installed_at AS began, l.removed_at AS ended,
       l.end_reason AS why, l.is_censored, l.hours, l.age_hours, l.life_id
FROM plant.life AS l
UNION ALL
-- A machine without components lives from one failure of its own to the next.
SELECT m.equipment_id, m.type, NULL, NULL, m.began, m.ended, CASE WHEN m.ended IS NOT NULL THEN 'failed' END,
       m.ended IS NULL, greatest(extract(epoch FROM coalesce(m.ended, now()) - m.began)::float8 / 3600, 0), 0, NULL
FROM (
    SELECT e.id AS equipment_id, e.type, b.began,
           lead(b.failed_at) OVER (PARTITION BY e.id ORDER BY b.failed_at NULLS FIRST) AS ended
    FROM plant.equipment AS e
    CROSS JOIN LATERAL (
        -- the first life has a beginning where somebody wrote it down
        SELECT e.installation_date::timestamptz AS began, NULL::timestamptz AS failed_at
        UNION ALL
        SELECT coalesce(max(l.ends_at), l.starts_at), l.starts_at
        FROM plant.label AS l
        WHERE l.equipment_id = e.id AND l.kind = 'failure' AND isfinite(l.starts_at)
        GROUP BY l.starts_at
    ) AS b
    WHERE NOT EXISTS (SELECT FROM plant.component AS c WHERE c.equipment_id = e.id)
) AS m
WHERE m.began < coalesce(m.ended, now());
COMMENT ON VIEW ml.training_lives IS
    'Lives that a remaining useful life can be learned from, in one place: those of components (plant.life), and of '
    'machines that have none, from one failure (plant.label) to the next.';
COMMENT ON COLUMN ml.training_lives.ended IS 'NULL: it still lasts.';
COMMENT ON COLUMN ml.training_lives.why IS 'failed, preventive, other; NULL: it still lasts.';
COMMENT ON COLUMN ml.training_lives.is_censored IS
    'It did not end by failure, or not yet: it would have lasted longer.';
COMMENT ON COLUMN ml.training_lives.hours IS 'Of the calendar.';
COMMENT ON COLUMN ml.training_lives.age_hours IS 'Hours of service that it had when it began.';
COMMENT ON COLUMN ml.training_lives.life_id IS 'plant.component_life.id; NULL: of the machine as a whole.';
GRANT SELECT ON ml.training_lives TO viewer, trainer;
