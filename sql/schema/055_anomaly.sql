-- Anomalies without training (Hotelling's T² and Q from sums that are kept), what people say of alarms, and thresholds
-- of models that follow it.

CREATE TABLE alarm.multivariate_exclusion (
    sensor_id integer PRIMARY KEY REFERENCES plant.sensor ON DELETE CASCADE,
    reason text CHECK (length(reason) <= 2000),
    set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    set_by text NOT NULL DEFAULT session_user
);
COMMENT ON TABLE alarm.multivariate_exclusion IS
    'Sensors that condition multivariate leaves out, though their machine has them: counters, set points.';

CREATE TABLE alarm.multivariate_reset (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    equipment_id text NOT NULL REFERENCES plant.equipment ON UPDATE CASCADE ON DELETE CASCADE,
    since timestamptz NOT NULL CONSTRAINT multivariate_reset_since_check CHECK (isfinite(since)),
    reason text CHECK (length(reason) <= 2000),
    set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    set_by text NOT NULL DEFAULT session_user
);
COMMENT ON TABLE alarm.multivariate_reset IS
    'Somebody said that a machine is not what it was: from then on its normal state is learned anew '
    '(alarm.learn_anew). Maintenance says so by itself: alarm.multivariate_start.';
CREATE INDEX multivariate_reset_equipment_id_idx ON alarm.multivariate_reset (equipment_id, since DESC);

CREATE TABLE alarm.multivariate_clock (
    equipment_id text PRIMARY KEY REFERENCES plant.equipment ON UPDATE CASCADE ON DELETE CASCADE,
    sensors integer[] NOT NULL CHECK (cardinality(sensors) >= 2),
    width interval NOT NULL CHECK (width > INTERVAL '0'),
    signals_since timestamptz NOT NULL DEFAULT clock_timestamp(),
    summed_to timestamptz NOT NULL,
    learned_at timestamptz
);
COMMENT ON TABLE alarm.multivariate_clock IS
    'Which signals of a machine are looked at together, and how far their sums have come (alarm.learn_multivariate).';
COMMENT ON COLUMN alarm.multivariate_clock.sensors IS 'plant.sensor.id, ascending.';
COMMENT ON COLUMN alarm.multivariate_clock.width IS
    'Length of the buckets whose means are taken together (setting alarm.multivariate_bucket).';
COMMENT ON COLUMN alarm.multivariate_clock.signals_since IS
    'Since when these are the signals. When they change, the sums are made anew from what is stored.';
COMMENT ON COLUMN alarm.multivariate_clock.learned_at IS 'When alarm.multivariate_model was made of the sums last.';
CREATE INDEX multivariate_clock_summed_to_idx ON alarm.multivariate_clock (summed_to);

CREATE TABLE alarm.multivariate_hour (
    equipment_id text NOT NULL REFERENCES plant.equipment ON UPDATE CASCADE ON DELETE CASCADE,
    state text NOT NULL CHECK (length(state) BETWEEN 1 AND 64),
    bucket timestamptz NOT NULL,
    samples integer NOT NULL CHECK (samples > 0),
    mean float8[] NOT NULL,
    comoment float8[] NOT NULL,
    PRIMARY KEY (equipment_id, state, bucket),
    CONSTRAINT multivariate_hour_comoment_check
        CHECK (cardinality(comoment) = cardinality(mean) * (cardinality(mean) + 1) / 2)
);
COMMENT ON TABLE alarm.multivariate_hour IS
    'Sums of an hour of a machine in an operating state, over buckets in which all its signals spoke. They add up '
    '(Chan, Golub and LeVeque 1979), so means and covariances of any hours can be made of them.';
COMMENT ON COLUMN alarm.multivariate_hour.state IS 'Operating state (alarm.operating_state); *: the machine has none.';
COMMENT ON COLUMN alarm.multivariate_hour.bucket IS 'Start of the hour (UTC).';
COMMENT ON COLUMN alarm.multivariate_hour.samples IS 'Buckets (alarm.multivariate_clock.width).';
COMMENT ON COLUMN alarm.multivariate_hour.mean IS 'Per signal, in the order of alarm.multivariate_clock.sensors.';
COMMENT ON COLUMN alarm.multivariate_hour.comoment IS
    'Sum of (x - mean x)(y - mean y) per pair of signals: (1,1), (1,2) … (1,p), (2,2) …';
CREATE INDEX multivariate_hour_bucket_idx ON alarm.multivariate_hour (bucket);

CREATE TABLE alarm.multivariate_model (
    equipment_id text NOT NULL REFERENCES plant.equipment ON UPDATE CASCADE ON DELETE CASCADE,
    state text NOT NULL CHECK (length(state) BETWEEN 1 AND 64),
    sensors integer[] NOT NULL,
    width interval NOT NULL,
    samples bigint NOT NULL,
    hours integer NOT NULL,
    centre float8[] NOT NULL,
    spread float8[] NOT NULL,
    shrinkage float8 NOT NULL CHECK (shrinkage BETWEEN 0 AND 1),
    correlation float8[] NOT NULL,
    inverse float8[] NOT NULL,
    t2_limit float8 NOT NULL CHECK (t2_limit > 0),
    q_limit float8 NOT NULL CHECK (q_limit > 0),
    t2_theory float8 NOT NULL CHECK (t2_theory > 0),
    q_theory float8 NOT NULL CHECK (q_theory > 0),
    tested integer NOT NULL,
    learned_from timestamptz NOT NULL,
    learned_to timestamptz NOT NULL,
    learned_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (equipment_id, state)
);
COMMENT ON TABLE alarm.multivariate_model IS
    'What is normal for the signals of a machine together, per operating state: made of alarm.multivariate_hour by '
    'alarm.learn_multivariate, judged by alarm.multivariate_scores.';
COMMENT ON COLUMN alarm.multivariate_model.centre IS 'Mean per signal, in its unit.';
COMMENT ON COLUMN alarm.multivariate_model.spread IS 'Standard deviation per signal, in its unit.';
COMMENT ON COLUMN alarm.multivariate_model.shrinkage IS
    'How much of the correlation was given up for the identity (Schäfer and Strimmer 2005), 0 to 1.';
COMMENT ON COLUMN alarm.multivariate_model.correlation IS 'Shrunken correlation matrix, row by row.';
COMMENT ON COLUMN alarm.multivariate_model.inverse IS 'Its inverse, row by row.';
COMMENT ON COLUMN alarm.multivariate_model.t2_limit IS
    'Threshold of T²: by the F distribution, or by the normal hours themselves, whichever is greater.';
COMMENT ON COLUMN alarm.multivariate_model.q_limit IS
    'Threshold of Q: by Box''s approximation, or by the normal hours themselves, whichever is greater.';
COMMENT ON COLUMN alarm.multivariate_model.t2_theory IS 'What the F distribution alone says; q_theory: Box alone.';
COMMENT ON COLUMN alarm.multivariate_model.tested IS
    'Buckets of normal hours, evenly over the time, whose T² and Q the thresholds were held against.';

CREATE TABLE alarm.feedback (
    alarm_id bigint NOT NULL,
    person text NOT NULL CHECK (length(person) BETWEEN 1 AND 200),
    verdict text NOT NULL CONSTRAINT feedback_verdict_check CHECK (verdict IN ('right', 'false', 'useless')),
    reason text CHECK (length(reason) <= 2000),
    equipment_id text,
    raised_at timestamptz NOT NULL,
    given_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (alarm_id, person)
);
-- no key to alarm.alarm: what was said of a machine's time outlives the alarm (alarm.purge)
COMMENT ON TABLE alarm.feedback IS
    'What people say of alarms, one word of each person and alarm, the last that they said; what they said before '
    'stands in alarm.transition. Written by alarm.give_feedback. A source of plant.label.';
COMMENT ON COLUMN alarm.feedback.verdict IS
    'right: there was something. false: there was nothing. useless: nobody needs to know.';
COMMENT ON COLUMN alarm.feedback.raised_at IS 'Of the alarm: what is left to say of it when it is gone.';
CREATE INDEX feedback_equipment_id_idx ON alarm.feedback (equipment_id, raised_at);

CREATE TABLE ml.threshold_policy (
    equipment_id text NOT NULL CHECK (length(equipment_id) BETWEEN 1 AND 64),
    power text NOT NULL DEFAULT '*' CHECK (length(power) BETWEEN 1 AND 64),
    bundle_kind text NOT NULL DEFAULT '*' CHECK (length(bundle_kind) BETWEEN 1 AND 64),
    enabled boolean NOT NULL,
    target_per_week float8
        CONSTRAINT threshold_policy_target_per_week_check CHECK (target_per_week BETWEEN 0.01 AND 10000),
    reason text CHECK (length(reason) <= 2000),
    set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    set_by text NOT NULL DEFAULT session_user,
    PRIMARY KEY (equipment_id, power, bundle_kind)
);
COMMENT ON TABLE ml.threshold_policy IS
    'Whether the thresholds of a machine''s models may be moved by ml.adapt_thresholds, whatever the setting '
    'ml.threshold_mode says: a row of machine, power and kind before one with *.';
COMMENT ON COLUMN ml.threshold_policy.power IS 'Power class of the bundle; *: all of the machine.';
COMMENT ON COLUMN ml.threshold_policy.bundle_kind IS 'ml.bundle_kind; *: all.';
COMMENT ON COLUMN ml.threshold_policy.target_per_week IS
    'False alarms a week that are accepted; NULL: setting ml.threshold_target.';

CREATE TABLE ml.threshold_version (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    equipment_id text NOT NULL CHECK (length(equipment_id) BETWEEN 1 AND 64),
    power text NOT NULL CHECK (length(power) BETWEEN 1 AND 64),
    bundle_kind text NOT NULL CHECK (length(bundle_kind) BETWEEN 1 AND 64),
    version integer NOT NULL,
    factor float8 NOT NULL CONSTRAINT threshold_version_factor_check CHECK (factor BETWEEN 0.01 AND 100),
    previous_factor float8 NOT NULL,
    reason text CHECK (length(reason) <= 2000),
    backtest jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(backtest) = 'object'),
    undoes bigint REFERENCES ml.threshold_version,
    set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    set_by text NOT NULL,
    CONSTRAINT threshold_version_version_key UNIQUE (equipment_id, power, bundle_kind, version)
);
COMMENT ON TABLE ml.threshold_version IS
    'Every change of a threshold, the last one in force: a model of this kind and power finds an anomaly on the '
    'machine where score / threshold is above factor. Written by ml.adapt_thresholds, ml.set_threshold and '
    'ml.undo_threshold.';
COMMENT ON COLUMN ml.threshold_version.factor IS '1: the bundle''s own thresholds.';
COMMENT ON COLUMN ml.threshold_version.backtest IS
    'What the factor before and this one say of the stored predictions of the time it was made from.';
COMMENT ON COLUMN ml.threshold_version.undoes IS 'The change that it took back.';
CREATE UNIQUE INDEX threshold_version_undoes_key ON ml.threshold_version (undoes) WHERE undoes IS NOT NULL;

ALTER TABLE ml.serve_ml_predictions ADD COLUMN threshold_factor float8;
COMMENT ON COLUMN ml.serve_ml_predictions.threshold_factor IS
    'What ratio was held against (ml.threshold_version); NULL: 1, the bundle''s own thresholds.';
