INSERT INTO ops.setting (name, value, description, unit) VALUES
    ('ops.job_run_retention', '"30 days"', 'How long the history of job runs is kept.', 'interval'),
    ('ops.blocking_patience', '"5 seconds"', 'How long a session of a role below administrator may keep thin waiting for a lock before it is ended.', 'interval'),
    ('ops.longest_transaction', '"1 hour"', 'How long a transaction of a role below administrator may last: behind it nothing is cleaned up.', 'interval'),
    ('ops.longest_report', '"5 minutes"', 'The same for grafana_reader.', 'interval'),
    ('ops.locks_per_transaction', '1024', 'max_locks_per_transaction that the server should have at least: health warns below it. With 100 connections nine sessions may then read 20 years of history and 10 years of daily chunks at once.', 'locks'),
    ('ops.readers_of_everything', '8', 'So many sessions should be able to read all chunks of telemetry.reading at the same time; health warns when the server has too few locks for that.', 'sessions'),
    ('ops.frequent_job', '"10 seconds"', 'Jobs that run at least so often have a worker of their own in each thin: a long job keeps none of them waiting.', 'interval'),
    ('telemetry.raw_retention', 'null', 'How long raw readings are kept; null: for ever. Shown here, changed by ops.set_retention.', 'interval')
ON CONFLICT (name) DO NOTHING;
INSERT INTO ops.job (name, procedure, schedule, description) VALUES
    ('purge job runs', 'ops.purge_job_runs', '1 hour', 'Removes old history of job runs.')
ON CONFLICT (name) DO NOTHING;
