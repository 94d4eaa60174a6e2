INSERT INTO ops.setting (name, value, description, unit) VALUES
    ('ingest.historical_after', '"15 minutes"', 'A point older than this when it arrives is historical: stored, but neither latest value nor live alarm.', 'interval'),
    ('ingest.future_tolerance', '"5 minutes"', 'How far ahead of our clock a timestamp may be before its message is quarantined.', 'interval'),
    ('ingest.oldest', '"20 years"', 'A timestamp older than this is quarantined: a clock that was never set would make a chunk for every day since 1970.', 'interval'),
    ('ingest.unknown_equipment', '"register"', 'What happens to messages of unknown equipment or sensors: register (status discovered) or quarantine.', NULL),
    ('ingest.time_zone', '"UTC"', 'Zone of times that name no offset, over MQTT and HTTP. A decoder may have another: ingest.topic_decoder.time_zone.', NULL),
    ('ingest.same_time', '"both"', 'What happens to a value whose sensor has another one at the same time (loggers with whole seconds). both: it is stored in the next free microsecond. later: it takes the place of the one before, which goes to ingest.replaced_value. Both are judged in either case.', NULL),
    ('ingest.new_sensors_per_batch', '10000', 'Most sensors that one batch may register; the rest is quarantined as unknown_sensor.', 'sensors'),
    ('ingest.plausible_min', '-1e30', 'Least value that any sensor may report, in its own unit, -1e100 to -1; what lies below is quarantined as implausible_value. plant.sensor.plausible_min sets another bound for one sensor.', NULL),
    ('ingest.plausible_max', '1e30', 'Greatest value that any sensor may report, in its own unit, 1 to 1e100. See ingest.plausible_min.', NULL),
    ('ingest.quarantine_per_batch', '100', 'Of one topic and reason in one batch this many messages are kept whole; one row counts the rest.', 'messages'),
    ('ingest.former_session', 'false', 'Whether a process that connects for the first time first empties the session thin-{instance}, which all lanes shared before each had one of its own.', NULL),
    ('ingest.points_per_batch', '500000', 'Most points that are made of one batch at once; a batch of more is cut in two.', 'points'),
    ('ingest.points_per_message', '100000', 'Most points that a single message may hold; one with more goes to quarantine.', 'points'),
    ('ingest.batch_timeout', '"10 seconds"', 'A batch that takes longer is cut in two and tried again: what hangs is found, and the rest goes on. 0 waits for ever.', 'interval'),
    ('ingest.lock_timeout', '"5 seconds"', 'How long a batch waits for another that shares its sensors; then it is tried again.', 'interval'),
    ('ingest.decoder_timeout', '"10 seconds"', 'Longest time that a decoder may take for a single message.', 'interval'),
    ('ingest.decoder_suspension', '"1 minute"', 'How long the messages of a decoder that took longer go to quarantine undecoded.', 'interval'),
    ('ingest.quarantine_retention', '"30 days"', 'How long quarantined messages are kept.', 'interval')
ON CONFLICT (name) DO NOTHING;

INSERT INTO ingest.topic_decoder (topic_filter, decoder, priority, enabled, unit, description) VALUES
    ('unity/sensors/{equipment}/data', 'ingest.decode_three_phase', 10, true, 'A', 'Three-phase current {device, timestamp, x, y, z} of the field''s Unity factory.'),
    ('unity/sensors/{equipment}/vibration', 'ingest.decode_vibration', 10, true, 'mm/s', 'Vibration {device, timestamp, vibe} of the field''s Unity factory.'),
    ('factory/{equipment}/{sensor}', 'ingest.decode_values', 20, true, NULL, 'One sensor: {time, value, unit?, quality?}, an array of them, or a bare number.'),
    ('factory/{equipment}', 'ingest.decode_wide_row', 20, true, NULL, 'Several sensors at one time: {time, values: {sensor: number}, units?: {sensor: unit}}.'),
    ('serve-ml/{equipment}/features', NULL, 10, true, NULL, 'Features {power?, model_version?, features{}}: scored by thin.'),
    ('waveform/{equipment}/{modality}', NULL, 10, true, NULL, 'Waveform {time, sample_rate_hz, axes{}}: thin computes its features, which are scored when the set is complete.')
ON CONFLICT (topic_filter) DO NOTHING;

INSERT INTO ingest.binary_type (sensor_type)
SELECT unnest('{binary,boolean,bool,digital,switch,contact}'::text[])
ON CONFLICT DO NOTHING;

INSERT INTO ops.job (name, procedure, schedule, description) VALUES
    ('purge quarantine', 'ingest.purge', '1 hour', 'Removes quarantined messages past their retention.')
ON CONFLICT (name) DO NOTHING;
