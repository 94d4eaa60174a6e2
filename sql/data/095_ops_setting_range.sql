-- What each setting may be: too small or too great a value stops whoever reads it (a bcrypt cost of 31 is a log-in that
-- takes days).
-- The trigger ops.check_setting holds every change against it. A test finds numbers and intervals that stand in no row
-- here.
SELECT ops.set_setting_range(r.name, to_jsonb(r.minimum), to_jsonb(r.maximum), NULL, r.data_type, r.nullable)
FROM (VALUES
    ('auth.access_token_seconds', 60, 86400, 'integer', false),
    ('auth.audit_retention_days', 30, 36500, 'integer', false),
    -- 4 takes a millisecond and is for tests, 15 takes two seconds
    ('auth.bcrypt_cost', 4, 15, 'integer', false),
    ('auth.login_backoff_max_seconds', 1, 3600, 'integer', false),
    ('auth.login_free_attempts', 1, 1000, 'integer', false),
    ('auth.login_free_attempts_everywhere', 10, 100000, 'integer', false),
    ('auth.login_free_attempts_known', 1, 1000, 'integer', false),
    ('auth.self_registrations_per_hour', 1, 100000, 'integer', false),
    ('auth.sessions_per_account', 1, 10000, 'integer', false),
    ('ingest.new_sensors_per_batch', 0, 1000000, 'integer', false),
    ('ingest.backfill_points', 100, 1000000, 'integer', false),
    ('ingest.bulk_bytes', 256, 100000000, 'integer', false),
    ('ingest.live_chunks', 1, 10000, 'integer', false),
    ('ingest.points_per_batch', 1000, 5000000, 'integer', false),
    ('ingest.points_per_message', 1, 5000000, 'integer', false),
    ('ingest.quarantine_per_batch', 1, 100000, 'integer', false),
    ('ops.locks_per_transaction', 10, 1000000, 'integer', false),
    ('report.rows', 1, 1000, 'integer', false),
    ('report.csv_rows', 1, 1000000, 'integer', false),
    -- what every mail server takes
    ('report.message_bytes', 1000, 8000000, 'integer', false),
    ('report.attempts', 1, 100, 'integer', false),
    ('ops.readers_of_everything', 1, 1000000, 'integer', false),
    ('telemetry.history_chunk_points', 1000, 100000000, 'integer', false),
    ('ml.drift_minimum_samples', 50, 1000000, 'integer', false),
    ('ml.drift_psi_major', 0, 100, 'float', true),
    ('plant.import_rows', 1, 1000000, 'integer', false),
    ('plant.idle_current', 0, 1000000, 'float', false),
    ('plant.line_voltage', 1, 1000000, 'float', true),
    ('plant.power_factor', 0.01, 1, 'float', false),
    ('plant.running_current', 0, 1000000, 'float', false),
    ('ml.drift_psi_moderate', 0, 100, 'float', true),
    ('ml.reference_samples', 50, 100000, 'integer', false),
    ('ml.rul_lite_calm', 1, 1000000, 'integer', false),
    ('ml.rul_lite_hours', 0.000001, 1000000, 'float', false),
    ('ml.rul_lite_life', 1, 1000000000, 'float', false),
    ('ml.rul_lite_limit', 0.1, 1000, 'float', false),
    ('ml.rul_lite_margin', 0.1, 100, 'float', false),
    ('ml.rul_lite_off', 1, 1000000, 'integer', false),
    ('ml.rul_lite_on', 1, 1000000, 'integer', false),
    ('ml.rul_lite_quantile', 0.5, 1, 'float', false),
    ('ml.rul_lite_recovery', 0, 1000000, 'float', false),
    ('ml.rul_lite_samples', 10, 1000000, 'integer', false),
    ('ml.rul_lite_span', 0.000001, 1000, 'float', false),
    ('ml.trend_confidence', 0.5, 0.999, 'float', false),
    ('ml.trend_fleet', 3, 10000, 'integer', false),
    ('ml.trend_hours', 36, 8760, 'integer', false),
    ('ml.trend_level_hours', 3, 24, 'integer', false),
    ('ml.trend_off', 0, 1, 'float', false)
) AS r (name, minimum, maximum, data_type, nullable);

SELECT ops.set_setting_range(r.name, to_jsonb(r.minimum), to_jsonb(r.maximum), NULL, 'interval', r.nullable)
FROM (VALUES
    ('ingest.backfill_step', '0.01 seconds', '30 seconds', false),
    ('ingest.live_span', '1 hour', '1 year', false),
    ('telemetry.history_chunk_longest', '1 day', '100 years', false),
    ('ingest.batch_timeout', '0 seconds', '10 minutes', false),
    ('ingest.decoder_suspension', '1 second', '1 day', false),
    ('ingest.decoder_timeout', '0.1 seconds', '10 minutes', false),
    ('ingest.lock_timeout', '0.1 seconds', '1 minute', false),
    ('ops.blocking_patience', '1 second', '10 minutes', false),
    ('ops.longest_report', '1 second', '1 day', false),
    ('ops.longest_transaction', '1 minute', '10 days', false),
    ('alarm.retention', '1 day', '100 years', true),
    ('alarm.shelve_maximum', '1 minute', '30 days', false),
    ('alarm.stale_after', '1 minute', '1 year', false),
    ('report.silent_after', '1 second', '30 days', false),
    ('alarm.checkpoint_every', '1 second', '1 hour', false),
    ('alarm.longest_burst', '0 seconds', '1 hour', false),
    ('alarm.tick_grace', '0 seconds', '1 minute', false),
    ('telemetry.clock_step', '1 second', '1 hour', false),
    ('auth.browser_session_idle', '1 minute', '1 year', false),
    ('auth.session_lifetime', '5 minutes', '1 year', false),
    ('ingest.future_tolerance', '0 seconds', '1 day', false),
    ('ingest.historical_after', '10 seconds', '7 days', false),
    ('ingest.oldest', '1 day', '1000 years', false),
    ('ingest.quarantine_retention', '1 hour', '100 years', false),
    ('ml.drift_window', '1 day', '1 year', false),
    ('ml.feature_retention', '7 days', '100 years', true),
    ('ml.prediction_retention', '7 days', '100 years', true),
    ('ml.report_lifetime', '1 minute', '1 day', false),
    ('ml.rul_critical', '0 seconds', '100 years', false),
    ('ml.rul_lite_every', '0 seconds', '1 day', false),
    ('ml.rul_retention', '7 days', '100 years', true),
    ('ml.rul_warning', '0 seconds', '100 years', false),
    ('ml.summary_retention', '7 days', '100 years', true),
    ('ml.trend_horizon', '1 day', '100 years', false),
    ('ml.trend_stale', '1 hour', '1 year', false),
    ('ml.trend_window', '7 days', '2 years', false),
    ('ml.waveform_partner_wait', '1 second', '1 day', false),
    ('ml.waveform_retention', '1 hour', '100 years', true),
    ('ml.waveform_tolerance', '0 seconds', '10 minutes', false),
    ('ops.process_lifetime', '10 seconds', '1 hour', false),
    ('ops.job_run_retention', '1 hour', '10 years', false),
    ('plant.gap_after', '1 minute', '1 hour', false),
    ('plant.state_hold', '1 minute', '1 hour', false),
    ('ops.frequent_job', '1 second', '1 hour', false),
    ('relay.outbox_retention', '1 hour', '1 year', false),
    ('report.run_retention', '31 days', '100 years', false),
    ('report.flat', '1 minute', '30 days', false),
    ('report.rul_age', '1 hour', '10 years', false),
    ('rollup.hour_retention', '30 days', '1000 years', true),
    ('rollup.minute_retention', '30 days', '1000 years', true),
    ('telemetry.columnstore_after', '1 day', '100 years', true),
    ('telemetry.raw_retention', '3 days', '100 years', true)
) AS r (name, minimum, maximum, nullable);

SELECT ops.set_setting_range(r.name, p_choices => r.choices)
FROM (VALUES
    ('alarm.flood_action', '{report,suppress}'::text[]),
    ('ingest.same_time', '{both,later}'),
    ('ingest.unknown_equipment', '{register,quarantine}'),
    ('plant.currency',
     '{KRW,USD,EUR,JPY,CNY,GBP,CHF,TWD,SGD,HKD,THB,VND,IDR,MYR,PHP,INR,AUD,NZD,CAD,MXN,BRL,SEK,NOK,DKK,PLN,CZK,HUF,'
     'TRY,ILS,AED,SAR,ZAR}')
) AS r (name, choices);

-- least first: what is not known any more becomes the least
SELECT ops.set_setting_range('ml.unscaled_severity',
                             p_choices => (SELECT array_agg(s.name ORDER BY s.rank) FROM alarm.severity AS s),
    p_nullable => true);
SELECT ops.set_setting_range('plant.time_zone', p_data_type => 'time zone'),
    ops.set_setting_range('ingest.time_zone', p_data_type => 'time zone'),
    ops.set_setting_range('alarm.shift_starts', p_data_type => 'times');

-- What these two let in must be something that can be computed with (docs/adr/0010).
SELECT ops.set_setting_range('ingest.plausible_min', '-1e100', '-1', NULL, 'float');
SELECT ops.set_setting_range('ingest.plausible_max', '1', '1e100', NULL, 'float');
