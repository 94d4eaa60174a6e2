-- Windows of stored data for bundles that want them, and RUL-lite by stored points.

CREATE TABLE ml.window_spec (
    model_id bigint PRIMARY KEY REFERENCES ml.serve_ml_models ON DELETE CASCADE,
    bucket interval CONSTRAINT window_spec_bucket_check CHECK (bucket > INTERVAL '0'),
    steps integer NOT NULL CHECK (steps BETWEEN 1 AND 4096),
    stride integer NOT NULL CHECK (stride BETWEEN 1 AND 100000),
    fill integer CHECK (fill BETWEEN 0 AND 4096),
    hold interval CONSTRAINT window_spec_hold_check CHECK (hold > INTERVAL '0'),
    source jsonb NOT NULL,
    problem text,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    cycle_sensor text CHECK (length(cycle_sensor) BETWEEN 1 AND 128),
    CONSTRAINT window_spec_cycle_check CHECK (cycle_sensor IS NULL OR bucket IS NULL)
);
COMMENT ON TABLE ml.window_spec IS
    'Which bundles are to be scored over windows of stored data, as their metadata.json says (member window, '
    'docs/rul-windows.md). Written by ml.keep_window_specs.';
COMMENT ON COLUMN ml.window_spec.bucket IS
    'Width of a step; NULL: a cycle of the machine is one (cycle_sensor), or each stored point (raw).';
COMMENT ON COLUMN ml.window_spec.cycle_sensor IS
    'plant.sensor.name of the sensor whose value changes when a cycle ends and the next begins (a cycle''s number, a '
    'state).';
COMMENT ON COLUMN ml.window_spec.steps IS 'How many steps a window has.';
COMMENT ON COLUMN ml.window_spec.stride IS
    'A window ends every so many buckets or cycles, or every so many points where it is raw.';
COMMENT ON COLUMN ml.window_spec.fill IS
    'How many buckets (cycles) in a row may be missing and take the last value before them; NULL: the setting '
    'ml.window_fill.';
COMMENT ON COLUMN ml.window_spec.hold IS
    'Raw: how long a value counts, and how far two steps may lie apart; NULL: the setting ml.window_hold. Cycles: how '
    'far a window reaches back; NULL: the setting ml.window_cycles.';
COMMENT ON COLUMN ml.window_spec.source IS 'The member as it came.';
COMMENT ON COLUMN ml.window_spec.problem IS 'Why no window can be built from it; NULL: it can.';

CREATE TABLE ml.window_signal (
    model_id bigint NOT NULL REFERENCES ml.window_spec ON DELETE CASCADE,
    place smallint NOT NULL CHECK (place >= 1),
    feature text NOT NULL CHECK (length(feature) BETWEEN 1 AND 128),
    sensor text CHECK (length(sensor) BETWEEN 1 AND 128),
    sensor_type text CHECK (length(sensor_type) BETWEEN 1 AND 64),
    statistic text NOT NULL CONSTRAINT window_signal_statistic_check
        CHECK (statistic IN ('mean', 'min', 'max', 'std', 'rms', 'range', 'first', 'last', 'sum', 'count')),
    PRIMARY KEY (model_id, place),
    CONSTRAINT window_signal_model_id_feature_key UNIQUE (model_id, feature),
    CONSTRAINT window_signal_one_check CHECK (num_nonnulls(sensor, sensor_type) = 1)
);
COMMENT ON TABLE ml.window_signal IS
    'The columns of a bundle''s window: which feature of the bundle is which statistic of which sensors.';
COMMENT ON COLUMN ml.window_signal.place IS 'In the order of the bundle''s features, from 1.';
COMMENT ON COLUMN ml.window_signal.sensor IS 'plant.sensor.name of the machine.';
COMMENT ON COLUMN ml.window_signal.sensor_type IS
    'Or all its sensors of a type (plant.sensor.type, or x, y, z, vibe as telemetry.field_type has it), taken '
    'together.';
COMMENT ON COLUMN ml.window_signal.statistic IS
    'Of the values in a bucket. std is that of all values (n), rms the root of their mean square, range max - min.';

CREATE TABLE ml.window_state (
    model_id bigint PRIMARY KEY REFERENCES ml.window_spec ON DELETE CASCADE,
    done_to timestamptz,
    next_due timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_outcome text,
    last_detail text,
    decided_at timestamptz
) WITH (fillfactor = 70);
CREATE INDEX window_state_next_due_idx ON ml.window_state (next_due);
COMMENT ON TABLE ml.window_state IS
    'How far the windows of each bundle have been decided. ml.claim_windows locks these rows while their windows are '
    'scored, so each window is decided once.';
COMMENT ON COLUMN ml.window_state.done_to IS
    'End of the last window that was decided; NULL: the bundle does not answer, or just began to.';
COMMENT ON COLUMN ml.window_state.next_due IS 'When there may be something to do again.';
COMMENT ON COLUMN ml.window_state.last_outcome IS 'Of the last window: as ml.window_outcome.outcome.';

CREATE TABLE ml.window_outcome (
    model_id bigint NOT NULL REFERENCES ml.serve_ml_models ON DELETE CASCADE,
    day date NOT NULL,
    outcome text NOT NULL CONSTRAINT window_outcome_outcome_check
        CHECK (outcome IN ('scored', 'refused', 'incomplete', 'skipped')),
    windows bigint NOT NULL CHECK (windows > 0),
    filled bigint NOT NULL DEFAULT 0,
    newest timestamptz NOT NULL,
    detail text,
    PRIMARY KEY (model_id, day, outcome)
) WITH (fillfactor = 70);
CREATE INDEX window_outcome_day_idx ON ml.window_outcome (day);
COMMENT ON TABLE ml.window_outcome IS
    'What became of a bundle''s windows, counted by the UTC day of their end. scored: in ml.serve_ml_predictions '
    '(source window). refused: the bundle would not take it. incomplete: values were missing. skipped: it lay further '
    'back than the setting ml.window_catch_up.';
COMMENT ON COLUMN ml.window_outcome.filled IS 'Values that were missing and took the one before them.';
COMMENT ON COLUMN ml.window_outcome.newest IS 'End of the newest of them.';
COMMENT ON COLUMN ml.window_outcome.detail IS 'Why, of the newest of them.';

CREATE TABLE ml.rul_lite_feed (
    equipment_id text PRIMARY KEY REFERENCES plant.equipment ON UPDATE CASCADE ON DELETE CASCADE,
    done_to timestamptz NOT NULL,
    ticks bigint NOT NULL DEFAULT 0,
    last_ticks integer NOT NULL DEFAULT 0
) WITH (fillfactor = 70);
COMMENT ON TABLE ml.rul_lite_feed IS
    'RUL-lite by stored points: how far each machine''s points have been taken (ml.tick_stored_points). Moves forward '
    'only, in the transaction that ticks: each point is a tick once at the most.';
COMMENT ON COLUMN ml.rul_lite_feed.done_to IS 'Time of measurement of the last one.';
COMMENT ON COLUMN ml.rul_lite_feed.ticks IS 'How many there were.';
COMMENT ON COLUMN ml.rul_lite_feed.last_ticks IS 'Of them, in the last run that found any.';
