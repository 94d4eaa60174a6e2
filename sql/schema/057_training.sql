-- Training: what is to be trained, who trains it, and the files that came with it.

CREATE TABLE ml.training_kind (
    kind text PRIMARY KEY CHECK (kind ~ '^[a-z][a-z_]{0,31}$'),
    place smallint NOT NULL UNIQUE,
    model_types text[] NOT NULL DEFAULT '{}',
    meaning text NOT NULL,
    spec jsonb NOT NULL CHECK (jsonb_typeof(spec) = 'object')
);
COMMENT ON TABLE ml.training_kind IS
    'What can be trained, and what a spec of each kind may say. A worker claims the kinds that it knows.';
COMMENT ON COLUMN ml.training_kind.model_types IS
    'Values of model_type that clients name this kind by (POST anomalies/train-with-data, upload-and-train).';
COMMENT ON COLUMN ml.training_kind.spec IS
    'JSON Schema of ml.training_job.spec, each member described: checked when a job is queued, and shown by the API.';

CREATE TABLE ml.training_job (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL REFERENCES ml.training_kind,
    spec jsonb NOT NULL
        CONSTRAINT training_job_spec_check CHECK (jsonb_typeof(spec) = 'object' AND octet_length(spec::text) <= 262144),
    state text NOT NULL DEFAULT 'queued'
        CONSTRAINT training_job_state_check
        CHECK (state IN ('receiving', 'queued', 'running', 'succeeded', 'failed', 'cancelled')),
    progress float8 NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 1),
    worker text CHECK (length(worker) BETWEEN 1 AND 200),
    lease_until timestamptz,
    not_before timestamptz NOT NULL DEFAULT '-infinity',
    attempts integer NOT NULL DEFAULT 0,
    max_attempts integer NOT NULL DEFAULT 3 CHECK (max_attempts BETWEEN 1 AND 100),
    log text NOT NULL DEFAULT '',
    metrics jsonb CHECK (jsonb_typeof(metrics) = 'object'),
    card jsonb CHECK (jsonb_typeof(card) = 'object'),
    bundle text,
    error text,
    cancel_requested boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_by text NOT NULL DEFAULT session_user,
    touched_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    started_at timestamptz,
    finished_at timestamptz,
    placed_at timestamptz,
    CONSTRAINT training_job_running_check CHECK ((state = 'running') = (lease_until IS NOT NULL)
        AND (state <> 'running' OR worker IS NOT NULL)),
    CONSTRAINT training_job_finished_check
        CHECK ((state IN ('succeeded', 'failed', 'cancelled')) = (finished_at IS NOT NULL)),
    -- three names, none of which leads anywhere else
    CONSTRAINT training_job_bundle_check
        CHECK (bundle ~ '^[^/[:cntrl:].][^/[:cntrl:]]{0,63}/[^/[:cntrl:].][^/[:cntrl:]]{0,'
                        '63}/[^/[:cntrl:].][^/[:cntrl:]]{0,63}$')
) WITH (fillfactor = 50);
COMMENT ON TABLE ml.training_job IS
    'The queue of trainings and what became of them. Filled by ml.queue_training (HTTP: anomalies/train-with-data, '
    'anomalies/upload-and-train, rul/train); workers take from it by ml.claim_training. Each change of state is told '
    'on '
    'channel millwright_training as {id, state}.';
COMMENT ON COLUMN ml.training_job.spec IS
    'What to train, as ml.training_kind.spec of its kind says, defaults filled in.';
COMMENT ON COLUMN ml.training_job.state IS
    'receiving: its files are still arriving. queued: waits for a worker. running: a worker has it, or had: '
    'lease_until. '
    'succeeded, failed (error says why), cancelled: over.';
COMMENT ON COLUMN ml.training_job.progress IS '0 to 1, as the worker says.';
COMMENT ON COLUMN ml.training_job.worker IS 'Who has it, or had it last.';
COMMENT ON COLUMN ml.training_job.lease_until IS
    'Until then it is the worker''s (ml.beat_training extends it); afterwards another one may take it over.';
COMMENT ON COLUMN ml.training_job.not_before IS 'Not to be claimed earlier: a pause after a failure.';
COMMENT ON COLUMN ml.training_job.attempts IS 'How often it was claimed; at most max_attempts.';
COMMENT ON COLUMN ml.training_job.log IS 'What workers said last: at most the setting ml.training_log characters.';
COMMENT ON COLUMN ml.training_job.metrics IS
    'How good it is, on data that nothing saw: accuracy, precision, recall, f1_score, rmse, coverage …, training_time '
    'in s.';
COMMENT ON COLUMN ml.training_job.card IS
    'The model card: what it was trained on, how it was judged, and where it must not be used.';
COMMENT ON COLUMN ml.training_job.bundle IS
    'Folder under SERVE_ML_ROOT (equipment/power/version): where the bundle is to go, then where it is.';
COMMENT ON COLUMN ml.training_job.cancel_requested IS
    'Somebody wants it to stop; its worker is told at its next ml.beat_training.';
COMMENT ON COLUMN ml.training_job.touched_at IS 'Last sign of life of whoever sends files or trains.';
COMMENT ON COLUMN ml.training_job.started_at IS 'Of the last attempt.';
COMMENT ON COLUMN ml.training_job.placed_at IS
    'When its bundle was served for the first time, and made challenger where another version answers.';
CREATE INDEX training_job_open_idx ON ml.training_job (id) WHERE state IN ('receiving', 'queued', 'running');
CREATE INDEX training_job_bundle_idx ON ml.training_job (bundle) WHERE placed_at IS NULL;
CREATE INDEX training_job_kind_idx ON ml.training_job (kind);

CREATE TABLE ml.training_upload (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_id bigint NOT NULL REFERENCES ml.training_job ON DELETE CASCADE,
    file integer NOT NULL CHECK (file >= 0),
    role text NOT NULL CONSTRAINT training_upload_role_check CHECK (
        role IN ('normal_current', 'normal_vibration', 'abnormal_current', 'abnormal_vibration', 'data')),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
    form text CONSTRAINT training_upload_form_check CHECK (form IN ('header', 'description')),
    description text[] NOT NULL DEFAULT '{}',
    columns jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(columns) = 'array'),
    lines bigint NOT NULL DEFAULT 0,
    rows bigint NOT NULL DEFAULT 0,
    is_complete boolean NOT NULL DEFAULT false,
    CONSTRAINT training_upload_job_id_file_key UNIQUE (job_id, file)
);
COMMENT ON TABLE ml.training_upload IS
    'A training''s files, one recording each; their samples: ml.training_sample. Written by ml.receive_training_file.';
COMMENT ON COLUMN ml.training_upload.file IS 'Its place among the job''s files, from 0.';
COMMENT ON COLUMN ml.training_upload.role IS 'What it shows: the machine well (normal_…) or not, and which modality.';
COMMENT ON COLUMN ml.training_upload.form IS
    'header: the first line names the columns. description: nine lines of description, then rows without names.';
COMMENT ON COLUMN ml.training_upload.columns IS
    'Its columns in order, without the time: [{name, rows, missing, minimum, maximum, mean}].';
COMMENT ON COLUMN ml.training_upload.lines IS 'Lines that have come so far, rows: of these, with values.';

CREATE TABLE ml.training_sample (
    upload_id bigint NOT NULL REFERENCES ml.training_upload ON DELETE CASCADE,
    row bigint NOT NULL,
    t float8 NOT NULL CHECK (abs(t) <= 1e15),
    values float8[] NOT NULL,
    PRIMARY KEY (upload_id, row)
);
COMMENT ON TABLE ml.training_sample IS
    'Samples of files that came for a training. Dropped when it is over: setting ml.training_upload_retention.';
COMMENT ON COLUMN ml.training_sample.row IS 'From 1.';
COMMENT ON COLUMN ml.training_sample.t IS 'Seconds: from the recording''s start, or since 1970, as its file has it.';
COMMENT ON COLUMN ml.training_sample.values IS 'As ml.training_upload.columns; NULL: missing.';

CREATE TABLE ml.promotion_policy (
    equipment_id text PRIMARY KEY CHECK (length(equipment_id) BETWEEN 1 AND 64),
    is_automatic boolean NOT NULL DEFAULT false,
    span interval NOT NULL DEFAULT '7 days'
        CONSTRAINT promotion_policy_span_check CHECK (span BETWEEN INTERVAL '1 minute' AND INTERVAL '366 days'),
    minimum_inputs integer NOT NULL DEFAULT 500 CHECK (minimum_inputs BETWEEN 1 AND 100000000),
    minimum_agreement float8 CHECK (minimum_agreement BETWEEN 0 AND 1),
    more_alarms_per_week float8 CHECK (more_alarms_per_week BETWEEN 0 AND 1e6),
    minimum_gain float8 CHECK (minimum_gain BETWEEN -1 AND 1),
    slowest_latency_us float8 CHECK (slowest_latency_us BETWEEN 1 AND 1e9),
    minimum_replayed integer CHECK (minimum_replayed BETWEEN 1 AND 100000000),
    note text CHECK (length(note) <= 2000),
    set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    set_by text NOT NULL DEFAULT session_user
);
COMMENT ON TABLE ml.promotion_policy IS
    'When a challenger becomes champion: what ml.review_challenger holds the two against, per machine; the row * is '
    'for '
    'all that have none of their own.';
COMMENT ON COLUMN ml.promotion_policy.is_automatic IS
    'true: the job ml.review_challengers promotes whoever passes. false: a person does (ml.promote_challenger).';
COMMENT ON COLUMN ml.promotion_policy.span IS 'How much of the past the two are compared over.';
COMMENT ON COLUMN ml.promotion_policy.minimum_inputs IS 'So many inputs must both have judged.';
COMMENT ON COLUMN ml.promotion_policy.minimum_agreement IS
    'Share of the inputs that both must judge alike, 0 to 1; NULL: does not matter.';
COMMENT ON COLUMN ml.promotion_policy.more_alarms_per_week IS
    'How many alarms a week the challenger may raise more than the champion; NULL: does not matter.';
COMMENT ON COLUMN ml.promotion_policy.minimum_gain IS
    'How much better its F1 on labelled inputs must be (negative: may be worse); asked only where both have one. NULL: '
    'does not matter.';
COMMENT ON COLUMN ml.promotion_policy.minimum_replayed IS
    'So many inputs of history must have been replayed through it (ml.backtest), with the same gain; NULL: none.';
COMMENT ON COLUMN ml.promotion_policy.slowest_latency_us IS 'Its p99 at most, microseconds; NULL: does not matter.';

CREATE TABLE ml.challenger_review (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    equipment_id text NOT NULL,
    power text NOT NULL,
    champion text NOT NULL,
    challenger text NOT NULL,
    reviewed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    reviewed_by text NOT NULL,
    passes boolean NOT NULL,
    checks jsonb NOT NULL CHECK (jsonb_typeof(checks) = 'array'),
    comparison jsonb NOT NULL CHECK (jsonb_typeof(comparison) = 'object'),
    is_promoted boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE ml.challenger_review IS
    'What ml.review_challenger found. The newest of a pair is kept, and each that led to a promotion.';
COMMENT ON COLUMN ml.challenger_review.checks IS '[{check, needed, found, passes}]: the policy, point by point.';
COMMENT ON COLUMN ml.challenger_review.comparison IS
    'live: champion and challenger on the same inputs (ml.compare_shadow). labelled: against plant.label. replayed: on '
    'history, where one was replayed.';
CREATE INDEX challenger_review_equipment_id_power_idx ON ml.challenger_review (equipment_id, power, id);

CREATE TABLE ml.backtest (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    equipment_id text NOT NULL,
    power text NOT NULL,
    model_version text NOT NULL,
    from_time timestamptz NOT NULL,
    to_time timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'running'
        CONSTRAINT backtest_state_check CHECK (state IN ('running', 'done', 'failed')),
    inputs bigint NOT NULL DEFAULT 0,
    refused bigint NOT NULL DEFAULT 0,
    error text,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    started_by text NOT NULL,
    touched_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    CONSTRAINT backtest_time_check CHECK (to_time > from_time),
    CONSTRAINT backtest_finished_check CHECK ((state = 'running') = (finished_at IS NULL))
);
COMMENT ON TABLE ml.backtest IS
    'History replayed through a bundle: what it would have said of inputs that are stored. thin scores them (POST '
    'serve-ml/models/{equipment_id}/{power}/versions/{model_version}/backtest); nothing live is touched.';
COMMENT ON COLUMN ml.backtest.to_time IS 'Exclusive.';
COMMENT ON COLUMN ml.backtest.inputs IS 'Inputs that it judged: ml.backtest_verdict has them.';
COMMENT ON COLUMN ml.backtest.refused IS 'Inputs that do not fit the bundle; error says why the first one does not.';
CREATE INDEX backtest_equipment_id_power_idx ON ml.backtest (equipment_id, power, model_version, id);

CREATE TABLE ml.backtest_verdict (
    backtest_id bigint NOT NULL REFERENCES ml.backtest ON DELETE CASCADE,
    time timestamptz NOT NULL,
    is_anomaly boolean NOT NULL,
    confidence float8 NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    severity text,
    ratio jsonb NOT NULL DEFAULT '{}',
    value float8,
    PRIMARY KEY (backtest_id, time)
);
COMMENT ON TABLE ml.backtest_verdict IS 'What a bundle says of one stored input (ml.backtest).';
COMMENT ON COLUMN ml.backtest_verdict.ratio IS 'Score / threshold by modality.';
COMMENT ON COLUMN ml.backtest_verdict.value IS 'What its regressor gives; NULL where it has none.';
