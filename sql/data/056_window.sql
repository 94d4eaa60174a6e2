INSERT INTO ops.setting (name, value, description, unit) VALUES
    ('ml.window_grace', '"5 seconds"',
     'Windows of stored data: how long after the end of its last bucket a window is built. What comes later is in the '
     'next.', 'interval'),
    ('ml.window_wait', '"2 minutes"',
     'Windows of stored data: how long after that one in which values are missing waits for them.', 'interval'),
    ('ml.window_fill', '2',
     'Windows of stored data: how many buckets in a row may be missing and take the last value before them, where the '
     'bundle does not say (max_fill).', 'buckets'),
    ('ml.window_hold', '"5 seconds"',
     'Windows of raw points: how long a value counts, and how far two steps may lie apart, where the bundle does not '
     'say (hold_seconds).', 'interval'),
    ('ml.window_cycles', '"7 days"',
     'Windows of cycles: how far back a window may reach, where the bundle does not say (hold_seconds).', 'interval'),
    ('ml.window_catch_up', '"1 day"',
     'Windows of stored data: how far back those are made up for that nobody was there to score; '
     'older ones are counted as skipped.', 'interval'),
    ('ml.window_retention', '"400 days"', 'How long it is kept what became of windows (ml.window_outcome).',
     'interval'),
    ('ml.rul_lite_stored', 'true',
     'RUL-lite: whether stored currents and vibrations of machines that have thresholds are ticks; false: only what '
     'comes by rul/ingest and rul/predict.', NULL),
    ('ml.rul_lite_settle', '"2 seconds"',
     'RUL-lite by stored points: how long a moment waits for its other signals.', 'interval'),
    ('ml.rul_lite_hold', '"5 seconds"',
     'RUL-lite by stored points: how long a phase or a vibration counts for moments after it.', 'interval')
ON CONFLICT (name) DO NOTHING;
INSERT INTO ops.job (name, procedure, schedule, description) VALUES
    ('ml.purge_windows', 'ml.purge_windows', '1 day',
     'Removes old counts of windows, as the setting ml.window_retention says.'),
    ('ml.tick_stored_points', 'ml.tick_stored_points', '1 second',
     'RUL-lite by stored points: those that came since the last run are ticks.')
ON CONFLICT (name) DO NOTHING;
