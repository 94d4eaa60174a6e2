INSERT INTO ops.setting (name, value, description, unit) VALUES
    ('ops.job_run_retention', '"30 days"', 'How long the history of job runs is kept.', 'interval'),
    ('telemetry.raw_retention', 'null', 'How long raw readings are kept; null: for ever. Shown here, changed by ops.set_raw_retention.', 'interval')
ON CONFLICT (name) DO NOTHING;
INSERT INTO ops.job (name, procedure, schedule, description) VALUES
    ('purge job runs', 'ops.purge_job_runs', '1 hour', 'Removes old history of job runs.')
ON CONFLICT (name) DO NOTHING;
