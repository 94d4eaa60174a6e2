-- Remaining useful life: estimates of all methods, which one governs, and RUL-lite, which needs no model.

CREATE TABLE ml.rul_method (
    method text PRIMARY KEY CHECK (method ~ '^[a-z][a-z_]{0,31}$'),
    place smallint NOT NULL,
    meaning text NOT NULL
);
COMMENT ON TABLE ml.rul_method IS 'The ways in which a remaining useful life is estimated.';
COMMENT ON COLUMN ml.rul_method.place IS
    'Of the methods that have spoken for a machine, the one with the least place governs (report.current_life).';

CREATE TABLE ml.rul_governor (
    equipment_id text PRIMARY KEY REFERENCES plant.equipment ON UPDATE CASCADE ON DELETE CASCADE,
    method text NOT NULL REFERENCES ml.rul_method,
    set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    set_by text NOT NULL DEFAULT session_user
);
COMMENT ON TABLE ml.rul_governor IS
    'Which method governs a machine, whatever the places in ml.rul_method say. Without a row they decide.';
CREATE INDEX rul_governor_method_idx ON ml.rul_governor (method);

CREATE TABLE ml.rul_predictions (
    time timestamptz NOT NULL,
    equipment_id text NOT NULL CHECK (length(equipment_id) BETWEEN 1 AND 64),
    power text NOT NULL DEFAULT '*' CHECK (length(power) BETWEEN 1 AND 64),
    method text NOT NULL REFERENCES ml.rul_method,
    model_version text NOT NULL DEFAULT '' CHECK (length(model_version) <= 64),
    rul_hours float8 NOT NULL,
    lower_hours float8,
    upper_hours float8,
    confidence float8 CHECK (confidence BETWEEN 0 AND 1),
    basis jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(basis) = 'object'),
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- an estimate that is told again changes nothing
    CONSTRAINT rul_predictions_pkey PRIMARY KEY (equipment_id, method, power, model_version, time),
    -- within what can be computed with (ops.is_carried); NaN is greater than any number
    CONSTRAINT rul_predictions_number_check CHECK (rul_hours BETWEEN 0 AND 1e100 AND lower_hours >= 0
        AND upper_hours <= 1e100),
    CONSTRAINT rul_predictions_interval_check CHECK (num_nulls(lower_hours, upper_hours) IN (0, 2)
        AND lower_hours <= rul_hours AND rul_hours <= upper_hours)
);
SELECT public.create_hypertable('ml.rul_predictions', public.by_range('time', INTERVAL '7 days'),
    create_default_indexes => false);
COMMENT ON TABLE ml.rul_predictions IS
    'Estimates of the remaining useful life by all methods but one: what a bundle''s regressor gives stays with its '
    'prediction (ml.serve_ml_predictions.value). report.remaining_life has both. Written by ml.record_rul. A '
    'hypertable with one chunk a week.';
COMMENT ON COLUMN ml.rul_predictions.time IS 'The moment for which it was estimated.';
COMMENT ON COLUMN ml.rul_predictions.power IS 'Power class; *: the machine as a whole.';
COMMENT ON COLUMN ml.rul_predictions.model_version IS 'What made it, where the method has versions; else empty.';
COMMENT ON COLUMN ml.rul_predictions.rul_hours IS 'Remaining useful life, in hours.';
COMMENT ON COLUMN ml.rul_predictions.lower_hours IS
    'Lower end of the 80 % interval, in hours; NULL (with upper_hours): the method states none.';
COMMENT ON COLUMN ml.rul_predictions.upper_hours IS 'Upper end of the 80 % interval, in hours.';
COMMENT ON COLUMN ml.rul_predictions.confidence IS '0 to 1; NULL: the method states none.';
COMMENT ON COLUMN ml.rul_predictions.basis IS 'What it was made from; the members depend on the method.';
-- the last of a method: report.current_life
CREATE INDEX rul_predictions_equipment_id_method_time_idx ON ml.rul_predictions (equipment_id, method, time DESC);
CREATE INDEX rul_predictions_time_idx ON ml.rul_predictions USING brin (time);

CREATE TABLE ml.rul_lite_threshold (
    equipment_id text NOT NULL CHECK (length(equipment_id) BETWEEN 1 AND 64),
    power text NOT NULL DEFAULT '*' CHECK (length(power) BETWEEN 1 AND 64),
    current_threshold float8,
    vibration_threshold float8,
    source text NOT NULL DEFAULT 'given' CONSTRAINT rul_lite_threshold_source_check CHECK (source IN ('given',
    'learned', 'file')),
    samples bigint,
    learned_from timestamptz,
    learned_to timestamptz,
    set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    set_by text NOT NULL DEFAULT session_user,
    PRIMARY KEY (equipment_id, power),
    -- what is divided by it stays within float8
    CONSTRAINT rul_lite_threshold_number_check CHECK (current_threshold BETWEEN 1e-100 AND 1e100
        AND vibration_threshold BETWEEN 1e-100 AND 1e100),
    CONSTRAINT rul_lite_threshold_any_check CHECK (num_nonnulls(current_threshold, vibration_threshold) > 0)
);
COMMENT ON TABLE ml.rul_lite_threshold IS
    'What RUL-lite holds the readings of a machine and power against: written by hand (given), learned '
    '(ml.calibrate_rul_lite), or out of the file that RUL_CALIB_PATH names (ml.import_rul_calibration). A * stands for '
    'every machine or power that has no row of its own.';
COMMENT ON COLUMN ml.rul_lite_threshold.current_threshold IS
    'For the magnitude √(x²+y²+z²) of the currents, in their unit; NULL: they are not judged.';
COMMENT ON COLUMN ml.rul_lite_threshold.vibration_threshold IS
    'For the vibration, in its unit; NULL: it is not judged.';
COMMENT ON COLUMN ml.rul_lite_threshold.samples IS
    'How many readings it was learned from, at the least of the two; NULL: it was given.';

CREATE TABLE ml.rul_lite_state (
    equipment_id text NOT NULL REFERENCES plant.equipment ON UPDATE CASCADE ON DELETE CASCADE,
    power text NOT NULL CHECK (length(power) BETWEEN 1 AND 64),
    time timestamptz NOT NULL,
    units float8 NOT NULL CHECK (units BETWEEN 0 AND 1e100),
    ceiling float8 NOT NULL CHECK (ceiling BETWEEN 0 AND 1e100),
    is_on boolean NOT NULL DEFAULT false,
    above integer NOT NULL DEFAULT 0,
    below integer NOT NULL DEFAULT 0,
    calm integer NOT NULL DEFAULT 0,
    ratio float8,
    step_decay float8 NOT NULL DEFAULT 0,
    step_recover float8 NOT NULL DEFAULT 0,
    recorded_at timestamptz,
    x float8,
    y float8,
    z float8,
    vibe float8,
    PRIMARY KEY (equipment_id, power)
) WITH (fillfactor = 70);
COMMENT ON TABLE ml.rul_lite_state IS
    'RUL-lite''s state of each machine and power. Written by ml.tick_rul_lite; ml.renew_rul_lite begins a new life '
    'after an overhaul.';
COMMENT ON COLUMN ml.rul_lite_state.time IS 'Of the last tick.';
COMMENT ON COLUMN ml.rul_lite_state.units IS 'What is left of the life (setting ml.rul_lite_life), in units.';
COMMENT ON COLUMN ml.rul_lite_state.ceiling IS
    'Units at the last alarm; the whole life before the first. Recovery ends here.';
COMMENT ON COLUMN ml.rul_lite_state.is_on IS 'Its alarm is on.';
COMMENT ON COLUMN ml.rul_lite_state.above IS
    'Ticks in a row above the limit (setting ml.rul_lite_limit); below: not above.';
COMMENT ON COLUMN ml.rul_lite_state.calm IS 'Ticks in a row that were not above and after which the alarm was off.';
COMMENT ON COLUMN ml.rul_lite_state.ratio IS
    'Of the last tick: reading / threshold, the greater of the two; NULL: there was no threshold.';
COMMENT ON COLUMN ml.rul_lite_state.step_decay IS 'Units that the last tick took; step_recover: gave back.';
COMMENT ON COLUMN ml.rul_lite_state.recorded_at IS
    'Time of the last tick whose estimate was stored (setting ml.rul_lite_every).';
COMMENT ON COLUMN ml.rul_lite_state.x IS 'What the last tick had: currents x, y, z and vibration vibe.';

CREATE TYPE ml.spoken AS (
    equipment_id text, power text, bundle_kind text, model_version text, "time" timestamptz);
COMMENT ON TYPE ml.spoken IS
    'Which bundle said something, and when: the key of a prediction of a champion (ml.judge_regressors).';
