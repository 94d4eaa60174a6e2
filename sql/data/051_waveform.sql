INSERT INTO ops.setting (name, value, description, unit) VALUES
    ('ml.waveform_tolerance', '"2 seconds"', 'How far the times of two modalities may lie apart and still be one moment.', 'interval'),
    ('ml.waveform_partner_wait', '"1 minute"', 'How long a waveform waits for the other modality that its bundle needs.', 'interval'),
    ('ml.waveform_retention', '"30 days"', 'How long features of waveforms are kept, by the time of the measurement.', 'interval')
ON CONFLICT (name) DO NOTHING;

INSERT INTO ops.job (name, procedure, schedule, description) VALUES
    ('purge waveforms', 'ml.purge_waveforms', '1 hour', 'Drops features of waveforms past their retention, a day''s chunk at a time.')
ON CONFLICT (name) DO NOTHING;
