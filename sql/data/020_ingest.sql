INSERT INTO ops.setting (name, value, description, unit) VALUES
    ('ingest.historical_after', '"15 minutes"', 'A point older than this when it arrives is historical: stored, but neither latest value nor live alarm.', 'interval'),
    ('ingest.future_tolerance', '"5 minutes"', 'How far ahead of our clock a timestamp may be before its message is quarantined.', 'interval'),
    ('ingest.oldest', '"20 years"', 'A timestamp older than this is quarantined: a clock that was never set would make a chunk for every day since 1970.', 'interval'),
    ('ingest.unknown_equipment', '"register"', 'What happens to messages of unknown equipment or sensors: register (status discovered) or quarantine.', NULL),
    ('ingest.new_sensors_per_batch', '10000', 'Most sensors that one batch may register; the rest is quarantined as unknown_sensor.', 'sensors'),
    ('ingest.quarantine_per_batch', '100', 'Of one topic and reason in one batch this many messages are kept whole; one row counts the rest.', 'messages'),
    ('ingest.quarantine_retention', '"30 days"', 'How long quarantined messages are kept.', 'interval')
ON CONFLICT (name) DO NOTHING;

INSERT INTO ingest.topic_decoder (topic_filter, decoder, priority, enabled, description) VALUES
    ('unity/sensors/{equipment}/data', 'ingest.decode_three_phase', 10, true, 'Three-phase current {device, timestamp, x, y, z} of the field''s Unity factory.'),
    ('unity/sensors/{equipment}/vibration', 'ingest.decode_vibration', 10, true, 'Vibration {device, timestamp, vibe} of the field''s Unity factory.'),
    ('factory/{equipment}/{sensor}', 'ingest.decode_values', 20, true, 'One sensor: {time, value, unit?, quality?}, an array of them, or a bare number.'),
    ('factory/{equipment}', 'ingest.decode_wide_row', 20, true, 'Several sensors at one time: {time, values: {sensor: number}}.'),
    ('serve-ml/{equipment}/features', NULL, 10, true, 'Features {power?, model_version?, features{}}: scored by thin.'),
    ('waveform/{equipment}/{modality}', NULL, 10, true, 'Waveform {time, sample_rate_hz, axes{}}: thin computes its features, which are scored when the set is complete.')
ON CONFLICT (topic_filter) DO NOTHING;

INSERT INTO ops.job (name, procedure, schedule, description) VALUES
    ('purge quarantine', 'ingest.purge', '1 hour', 'Removes quarantined messages past their retention.')
ON CONFLICT (name) DO NOTHING;
