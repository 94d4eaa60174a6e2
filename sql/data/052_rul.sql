INSERT INTO ml.rul_method (method, place, meaning) VALUES
    ('bundle', 10, 'A bundle''s regressor, with its prediction.'),
    ('external', 30, 'Somebody else''s: a person''s or another system''s, told by ml.record_rul.'),
    ('rul_lite', 40, 'RUL-lite: a life of units that is used up while readings are above their thresholds.')
ON CONFLICT (method) DO UPDATE SET meaning = excluded.meaning;

INSERT INTO ops.setting (name, value, description, unit) VALUES
    ('ml.rul_retention', 'null',
     'How long estimates of remaining life (ml.rul_predictions) are kept, a week''s chunk at a time; null: for ever.',
     'interval'),
    ('ml.rul_warning', '"14 days"', 'A machine with less left is in health warning.', 'interval'),
    ('ml.rul_critical', '"2 days"', 'A machine with less left is in health critical.', 'interval'),
    ('ml.rul_lite_life', '20000', 'RUL-lite: a whole life.', 'units'),
    ('ml.rul_lite_hours', '1', 'RUL-lite: what a unit of life is in hours of remaining life.', 'h'),
    ('ml.rul_lite_limit', '1.005', 'RUL-lite: a tick whose ratio (reading / threshold) is greater is above.', NULL),
    ('ml.rul_lite_on', '2', 'RUL-lite: its alarm is on after so many ticks above in a row.', 'ticks'),
    ('ml.rul_lite_off', '3', 'RUL-lite: its alarm is off after so many ticks in a row that are not above.', 'ticks'),
    ('ml.rul_lite_span', '0.2', 'RUL-lite: with its alarm on a tick takes (ratio - 1) / span units, 0 to 1.', NULL),
    ('ml.rul_lite_calm', '60', 'RUL-lite: from so many calm ticks in a row on, each gives life back.', 'ticks'),
    ('ml.rul_lite_recovery', '0.1', 'RUL-lite: how much a calm tick gives back, up to what was left at the last alarm.',
     'units'),
    ('ml.rul_lite_every', '"1 minute"', 'RUL-lite: how often its estimate is stored while its alarm does not change.',
     'interval'),
    ('ml.rul_lite_quantile', '0.999',
     'ml.calibrate_rul_lite: quantile of the normal readings that the threshold is made of.', NULL),
    ('ml.rul_lite_margin', '1.1', 'ml.calibrate_rul_lite: the threshold is the quantile times this.', NULL),
    ('ml.rul_lite_samples', '300', 'ml.calibrate_rul_lite: with fewer readings no threshold is learned.', 'count')
ON CONFLICT (name) DO NOTHING;
INSERT INTO ops.job (name, procedure, schedule, description) VALUES
    ('ml.purge_rul', 'ml.purge_rul', '1 day',
     'Drops old estimates of remaining life, as the setting ml.rul_retention says.')
ON CONFLICT (name) DO NOTHING;
