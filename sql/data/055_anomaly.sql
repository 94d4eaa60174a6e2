-- Anomalies: the condition multivariate, what people say of alarms, thresholds that follow it.
INSERT INTO alarm.transition_kind (kind, place, by_people, meaning) VALUES
    ('assessed', 21, true, 'Somebody said whether it was right, false or useless.')
ON CONFLICT (kind) DO UPDATE SET place = excluded.place, by_people = excluded.by_people, meaning = excluded.meaning;
INSERT INTO relay.phrase (language, key, text) VALUES
    ('ko', 'event.assessed', '평가'), ('en', 'event.assessed', 'assessed')
ON CONFLICT DO NOTHING;

INSERT INTO alarm.condition
    (name, place, subject, judged, limits, limits_needed, limits_hint, steps, stands, quiet_band, series, each_minute,
     meaning) VALUES
    ('multivariate', 15, 'equipment', 'clock', '{high,high_high}', '{high}',
     'high 1 is the threshold; leave low and low_low NULL.', false, true, true, 'series_multivariate', true,
     'How far all signals of a machine together are from what is normal in its operating state: the greater of '
     'Hotelling''s T² and Q, each over its threshold.')
ON CONFLICT (name) DO UPDATE SET
    place = excluded.place, subject = excluded.subject, judged = excluded.judged, limits = excluded.limits,
    limits_needed = excluded.limits_needed, limits_hint = excluded.limits_hint, steps = excluded.steps,
    stands = excluded.stands, quiet_band = excluded.quiet_band, series = excluded.series,
    each_minute = excluded.each_minute, meaning = excluded.meaning;
INSERT INTO alarm.condition_parameter (condition, parameter, type, required, choices, longest, meaning) VALUES
    ('multivariate', 'statistic', 'text', false, '{t2,q}', 200,
     'Only that one: t2, the distance from the centre; q, what the signals do not explain of each other.')
ON CONFLICT (condition, parameter) DO UPDATE SET
    type = excluded.type, required = excluded.required, choices = excluded.choices, longest = excluded.longest,
    meaning = excluded.meaning;
INSERT INTO alarm.message_template (condition, language, body) VALUES
    ('multivariate', 'ko', '장비 {equipment} 다변량 이상: 임계값의 {value}배 (한계 {limit}), 심각도 {severity}'),
    ('multivariate', 'en', 'Equipment {equipment}: its signals together are unusual, {value} times the threshold (limit '
     '{limit}), severity {severity}, rule {rule}')
ON CONFLICT (condition, language) DO NOTHING;

INSERT INTO ops.setting (name, value, description, unit) VALUES
    ('plant.fault_lead', '"1 day"',
     'How long before a failure, or before a part was found worn, the fault counts as there (plant.fault_span): alarms '
     'in that time were right, and what was measured then is not learned as normal.', 'interval'),
    ('alarm.multivariate_bucket', '"1 minute"',
     'Condition multivariate: the signals'' means over this time are taken together. A change learns anew from what is '
     'stored.', NULL),
    ('alarm.multivariate_window', '"30 days"',
     'Condition multivariate: normal hours of so long a time, up to now, are what is normal.', 'interval'),
    ('alarm.multivariate_heard', '"7 days"',
     'Condition multivariate: a sensor that was silent for longer is no signal of its machine.', 'interval'),
    ('alarm.multivariate_most_signals', '12', 'Condition multivariate: most signals of a machine.', 'count'),
    ('alarm.multivariate_samples', '300',
     'Condition multivariate: with fewer buckets, or fewer than ten for each signal, of a machine in an operating state '
     'nothing is judged there.', 'count'),
    ('alarm.multivariate_alpha', '0.001',
     'Condition multivariate: share of the normal buckets that T² and Q may be above their thresholds.', NULL),
    ('alarm.multivariate_margin', '1.5',
     'Condition multivariate: the thresholds are at least that quantile of the normal hours themselves, times this.',
     NULL),
    ('ml.detect_spreads', '6',
     'anomalies/detect by learned baselines: so many spreads from the centre are an anomaly.', NULL),
    ('ml.threshold_mode', '"feedback"',
     'Which models'' thresholds ml.adapt_thresholds may move: off, none; feedback, those of whose alarms people have '
     'said enough (ml.threshold_feedbacks); on, all. A row of ml.threshold_policy goes first.', NULL),
    ('ml.threshold_feedbacks', '10',
     'With ml.threshold_mode feedback: so many alarms of a model that people have assessed, within '
     'ml.threshold_window.', 'count'),
    ('ml.threshold_target', '1', 'False alarms a week of each model that ml.adapt_thresholds aims at.', 'per week'),
    ('ml.threshold_window', '"28 days"', 'Predictions of so long a time are what ml.adapt_thresholds goes by.',
     'interval'),
    ('ml.threshold_minimum', '"7 days"', 'Predictions of a shorter time move no threshold.', 'interval'),
    ('ml.threshold_every', '"20 hours"', 'A threshold is moved no more often than this.', 'interval'),
    ('ml.threshold_step', '1.2', 'A threshold moves by no more than this factor at once, up or down.', NULL),
    ('ml.threshold_least', '1', 'Least factor on a model''s own thresholds.', NULL),
    ('ml.threshold_most', '5', 'Greatest factor on a model''s own thresholds.', NULL)
ON CONFLICT (name) DO NOTHING;

INSERT INTO ops.job (name, procedure, schedule, description) VALUES
    ('alarm.learn_multivariate', 'alarm.learn_multivariate_job', '5 minutes',
     'Sums what the signals of each machine were together and learns what is normal for condition multivariate.'),
    ('ml.adapt_thresholds', 'ml.adapt_thresholds', '1 day',
     'Moves thresholds of models toward the target of false alarms (settings ml.threshold_…).')
ON CONFLICT (name) DO NOTHING;
