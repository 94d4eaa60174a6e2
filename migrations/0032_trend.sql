-- Remaining life by trend: indicators of health, what is said of each, and the hours of the ratio of predictions.

CREATE TABLE ml.health_indicator (
    name text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_]{0,62}$'),
    kind text NOT NULL
        CONSTRAINT health_indicator_kind_check
        CHECK (kind IN ('baseline_distance', 'vibration_zone', 'prediction_ratio', 'rollup')),
    equipment_id text REFERENCES plant.equipment ON UPDATE CASCADE ON DELETE CASCADE,
    equipment_type text CHECK (length(equipment_type) BETWEEN 1 AND 64),
    sensor_type text CHECK (length(sensor_type) BETWEEN 1 AND 64),
    sensor text CHECK (length(sensor) BETWEEN 1 AND 128),
    statistic text NOT NULL DEFAULT 'mean'
        CONSTRAINT health_indicator_statistic_check
        CHECK (statistic IN ('mean', 'rms', 'stddev', 'min', 'max', 'p95')),
    limit_value float8,
    direction text NOT NULL DEFAULT 'up'
        CONSTRAINT health_indicator_direction_check CHECK (direction IN ('up', 'down')),
    component_type text CHECK (length(component_type) BETWEEN 1 AND 64),
    enabled boolean NOT NULL DEFAULT true,
    description text CHECK (length(description) <= 4000),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT health_indicator_scope_check CHECK (num_nonnulls(equipment_id, equipment_type) <= 1),
    -- what can be computed with (ops.is_carried)
    CONSTRAINT health_indicator_limit_check CHECK (abs(limit_value) BETWEEN 1e-100 AND 1e100 OR limit_value = 0),
    CONSTRAINT health_indicator_given_check CHECK (CASE kind
        WHEN 'vibration_zone' THEN direction = 'up'
        WHEN 'rollup' THEN limit_value IS NOT NULL AND num_nonnulls(sensor_type, sensor) > 0
        WHEN 'baseline_distance' THEN limit_value > 0 AND direction = 'up' AND statistic = 'mean'
        ELSE limit_value > 0 AND direction = 'up' AND statistic IN ('mean', 'max')
            AND num_nonnulls(sensor_type, sensor) = 0 END)
);
COMMENT ON TABLE ml.health_indicator IS
    'Numbers that stand for the health of a machine and the limit at which its life ends. Each holds for one machine, '
    'a type of machines or all, and makes a series of hours for each sensor (or bundle) that it fits '
    '(ml.health_source). A row here is all that a new indicator takes.';
COMMENT ON COLUMN ml.health_indicator.kind IS
    'baseline_distance: how many spreads the hour''s mean lies from the learned centre (alarm.baseline). '
    'vibration_zone: the statistic of a sensor whose machine states a vibration class (alarm.vibration_zone). '
    'prediction_ratio: score / threshold of the serving bundle, the greatest of the modalities. rollup: the statistic '
    'of any sensor.';
COMMENT ON COLUMN ml.health_indicator.equipment_type IS
    'All machines of this type. NULL with no equipment_id: all machines.';
COMMENT ON COLUMN ml.health_indicator.sensor_type IS 'Sensors of this type only; NULL: of any.';
COMMENT ON COLUMN ml.health_indicator.sensor IS 'Sensors of this name only; NULL: of any.';
COMMENT ON COLUMN ml.health_indicator.statistic IS
    'What is taken of an hour: mean, rms (root of the mean square), stddev, min, max, p95 (of rollup.sketch_1h).';
COMMENT ON COLUMN ml.health_indicator.limit_value IS
    'Where the life ends: in the sensor''s unit, in spreads (baseline_distance), or as a ratio. NULL: the boundary C/D '
    'of the machine''s vibration class.';
COMMENT ON COLUMN ml.health_indicator.direction IS
    'up: wear makes it rise to the limit. down: it falls to it.';
COMMENT ON COLUMN ml.health_indicator.component_type IS
    'Type of the components whose replacement begins the series anew; NULL: of any. What was done at the machine as a '
    'whole always does (ml.health_reset).';
CREATE INDEX health_indicator_equipment_id_idx ON ml.health_indicator (equipment_id);

CREATE TABLE ml.trend_verdict (
    verdict text PRIMARY KEY CHECK (verdict ~ '^[a-z][a-z_]{0,31}$'),
    has_estimate boolean NOT NULL,
    withdraws boolean NOT NULL,
    meaning text NOT NULL,
    CONSTRAINT trend_verdict_check CHECK (NOT (has_estimate AND withdraws))
);
COMMENT ON TABLE ml.trend_verdict IS 'What can be said of a trend (ml.trend_state).';
COMMENT ON COLUMN ml.trend_verdict.has_estimate IS 'With a remaining life.';
COMMENT ON COLUMN ml.trend_verdict.withdraws IS
    'An estimate that was told before holds no more (ml.rul_withdrawal). false: it is kept until it is too old.';

CREATE TABLE ml.trend_state (
    equipment_id text NOT NULL REFERENCES plant.equipment ON UPDATE CASCADE ON DELETE CASCADE,
    indicator text NOT NULL REFERENCES ml.health_indicator ON UPDATE CASCADE ON DELETE CASCADE,
    part text NOT NULL,
    judged_at timestamptz NOT NULL,
    verdict text NOT NULL REFERENCES ml.trend_verdict,
    since timestamptz,
    since_reason text,
    last_hour timestamptz,
    hours integer NOT NULL,
    duty float8,
    level float8,
    limit_value float8,
    form text CONSTRAINT trend_state_form_check CHECK (form IN ('linear', 'exponential')),
    drift float8,
    drift_se float8,
    sigma float8,
    prior_weight float8,
    chance float8,
    rul_hours float8,
    lower_hours float8,
    upper_hours float8,
    PRIMARY KEY (equipment_id, indicator, part)
) WITH (fillfactor = 50);
COMMENT ON TABLE ml.trend_state IS
    'What ml.trend_judge said last of each indicator of each machine, and from what; also where it said nothing. Hours '
    'are hours of service.';
COMMENT ON COLUMN ml.trend_state.part IS 'plant.sensor.name, or the power of the bundle.';
COMMENT ON COLUMN ml.trend_state.since IS
    'From when on hours count: the last replacement or repair (ml.health_reset). NULL: none is known of.';
COMMENT ON COLUMN ml.trend_state.last_hour IS 'The last hour that counted; NULL: none did.';
COMMENT ON COLUMN ml.trend_state.hours IS 'How many hours counted, of the last ml.trend_window.';
COMMENT ON COLUMN ml.trend_state.duty IS 'Share of the time since then in which the machine was in service.';
COMMENT ON COLUMN ml.trend_state.level IS 'Where the indicator stands now, smoothed; in its unit.';
COMMENT ON COLUMN ml.trend_state.form IS
    'linear: the indicator drifts. exponential: its logarithm does; then drift, drift_se and sigma are of that.';
COMMENT ON COLUMN ml.trend_state.drift IS
    'Toward the limit, for each hour of service, as it was extrapolated: the machine''s own, drawn to the fleet''s.';
COMMENT ON COLUMN ml.trend_state.drift_se IS 'Its standard error.';
COMMENT ON COLUMN ml.trend_state.sigma IS 'Diffusion, for each root of an hour.';
COMMENT ON COLUMN ml.trend_state.prior_weight IS
    'How much of the drift is that of the machines of its type: 0 (nothing) to 1 (everything: it is too young).';
COMMENT ON COLUMN ml.trend_state.chance IS 'Probability that it drifts toward the limit at all.';
CREATE INDEX trend_state_indicator_idx ON ml.trend_state (indicator);
CREATE INDEX trend_state_verdict_idx ON ml.trend_state (verdict);

CREATE TABLE ml.rul_withdrawal (
    equipment_id text NOT NULL REFERENCES plant.equipment ON UPDATE CASCADE ON DELETE CASCADE,
    method text NOT NULL REFERENCES ml.rul_method,
    withdrawn_to timestamptz NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (equipment_id, method)
);
COMMENT ON TABLE ml.rul_withdrawal IS
    'Estimates of a method for a machine that hold no more and govern nothing, because the method now says nothing: a '
    'part was replaced, or the trend has stopped. They stay in report.remaining_life.';
COMMENT ON COLUMN ml.rul_withdrawal.withdrawn_to IS 'All up to this time.';
COMMENT ON COLUMN ml.rul_withdrawal.reason IS 'Of ml.trend_verdict, where the method is trend.';
CREATE INDEX rul_withdrawal_method_idx ON ml.rul_withdrawal (method);

CREATE TABLE ml.health_ratio_1h (
    equipment_id text NOT NULL,
    power text NOT NULL,
    model_version text NOT NULL,
    bucket timestamptz NOT NULL,
    count bigint NOT NULL CHECK (count > 0),
    sum float8 NOT NULL,
    max float8 NOT NULL,
    PRIMARY KEY (equipment_id, power, model_version, bucket)
);
SELECT public.create_hypertable('ml.health_ratio_1h', public.by_range('bucket', INTERVAL '30 days'),
    create_default_indexes => false);
COMMENT ON TABLE ml.health_ratio_1h IS
    'Score / threshold of the predictions that count (stage champion), the greatest of their modalities, by the hour '
    'of their time. Added up by ml.health_add_ratios; kept as long as the setting ml.summary_retention says.';
CREATE INDEX health_ratio_1h_bucket_idx ON ml.health_ratio_1h (bucket);

CREATE TABLE ml.health_clock (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    ratios_to timestamptz NOT NULL
);
COMMENT ON TABLE ml.health_clock IS
    'Up to which received_at ml.health_add_ratios has read the predictions. One row, or none yet.';

CREATE TYPE ml.trend_fit AS (
    blocks integer, span float8, drift float8, diffusion float8, noise float8, level float8, level_se float8,
    misfit float8);
COMMENT ON TYPE ml.trend_fit IS
    'What ml.trend_fit makes of a series: how many values over how many hours; drift for each hour; diffusion: the '
    'variance that each hour adds; noise: the variance of one value about the path; level now and its standard error; '
    'misfit: mean distance from the straight line.';

-- the few quarters in which a machine was not in service: an hour of them does not count (ml.trend_series)
CREATE INDEX machine_15m_off_idx ON rollup.machine_15m (bucket) WHERE idle + stopped > 0;
