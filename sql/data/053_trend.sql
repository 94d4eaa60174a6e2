INSERT INTO ml.rul_method (method, place, meaning) VALUES
    ('trend', 20, 'A health indicator that drifts to its limit; without any model (ml.trend_judge).')
ON CONFLICT (method) DO UPDATE SET meaning = excluded.meaning;

INSERT INTO ml.trend_verdict (verdict, has_estimate, withdraws, meaning) VALUES
    ('estimate', true, false, 'It drifts to its limit.'),
    ('crossed', true, false, 'It is at its limit or beyond: nothing is left.'),
    ('too_few_hours', false, true,
     'Too few hours of service since the last replacement or repair, and no machines of its type to go by.'),
    ('no_drift', false, true,
     'That it drifts to its limit is less certain than the setting ml.trend_confidence.'),
    ('constant', false, true, 'All its hours are the same.'),
    ('beyond_horizon', false, true, 'It drifts, but reaches its limit later than the setting ml.trend_horizon.'),
    ('stale', false, false, 'No hour has counted for longer than the setting ml.trend_stale.')
ON CONFLICT (verdict) DO UPDATE SET
    has_estimate = excluded.has_estimate, withdraws = excluded.withdraws, meaning = excluded.meaning;

INSERT INTO ml.health_indicator (name, kind, sensor_type, statistic, limit_value, description) VALUES
    ('vibration_zone', 'vibration_zone', NULL, 'mean', NULL,
     'Vibration velocity to the boundary C/D of the machine''s class, above which it may be damaged.'),
    ('prediction_ratio', 'prediction_ratio', NULL, 'mean', 1,
     'Score to the threshold of the serving bundle, above which it speaks of an anomaly.'),
    ('baseline_distance', 'baseline_distance', NULL, 'mean', 10,
     'Distance from what was learned as normal, in spreads.')
ON CONFLICT (name) DO NOTHING;

INSERT INTO ops.setting (name, value, description, unit) VALUES
    ('ml.trend_window', '"30 days"', 'Trends are made of the hours of so long.', 'interval'),
    ('ml.trend_hours', '48',
     'With fewer hours of service a machine has no trend of its own, and goes by the machines of its type.', 'h'),
    ('ml.trend_level_hours', '6', 'With fewer hours of service not even its level is known.', 'h'),
    ('ml.trend_fleet', '5', 'So many machines of a type with a trend of their own make one for the type.', 'machines'),
    ('ml.trend_confidence', '0.9', 'It is a trend where the drift is toward the limit with this probability.', NULL),
    ('ml.trend_off', '0.25',
     'An hour counts where the machine idled or stood still for at most this share of it.', NULL),
    ('ml.trend_stale', '"2 days"', 'Without an hour for so long a trend says nothing.', 'interval'),
    ('ml.trend_horizon', '"5 years"', 'A remaining life that is longer is not told.', 'interval')
ON CONFLICT (name) DO NOTHING;
INSERT INTO ops.job (name, procedure, schedule, description) VALUES
    ('ml.trend_judge', 'ml.trend_judge_job', '1 hour', 'Remaining life of all machines by the trend of their health.'),
    ('ml.health_purge', 'ml.health_purge', '1 day',
     'Drops old hours of the ratio of predictions, as the setting ml.summary_retention says.')
ON CONFLICT (name) DO NOTHING;
