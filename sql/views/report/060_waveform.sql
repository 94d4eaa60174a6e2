CREATE VIEW report.waveform_outcome AS
SELECT w.equipment_id, w.modality, w.outcome, count(*) AS waveforms, max(w.time) AS newest,
       (array_agg(w.outcome_detail ORDER BY w.received_at DESC))[1] AS newest_detail
FROM ml.waveform_features AS w
WHERE w.time > now() - INTERVAL '24 hours'
GROUP BY w.equipment_id, w.modality, w.outcome;
COMMENT ON VIEW report.waveform_outcome IS
    'What became of the last day''s waveforms, by machine and modality: scored, refused, waiting, and those whose partner never came (no_partner).';
GRANT SELECT ON report.waveform_outcome TO viewer;
