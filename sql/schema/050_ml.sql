-- serve_ml: which bundles exist, which one speaks for a machine, and what each of them said.

CREATE TABLE ml.serve_ml_models (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    equipment_id text NOT NULL CHECK (length(equipment_id) BETWEEN 1 AND 64),
    power text NOT NULL CHECK (length(power) BETWEEN 1 AND 64),
    model_version text NOT NULL CHECK (length(model_version) BETWEEN 1 AND 64),
    modalities text[] NOT NULL DEFAULT '{}',
    thresholds jsonb NOT NULL DEFAULT '{}',
    class_map jsonb,
    sha256 text,
    bundle_path text NOT NULL,
    "case" text CHECK ("case" IN ('A', 'B', 'C')),
    faults text[] NOT NULL DEFAULT '{}',
    metrics jsonb NOT NULL DEFAULT '{}',
    status text NOT NULL DEFAULT 'ready'
        CONSTRAINT serve_ml_models_status_check CHECK (status IN ('ready', 'rejected', 'missing', 'retired')),
    status_code text,
    status_reason text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    features text[] NOT NULL DEFAULT '{}',
    unscaled text[] NOT NULL DEFAULT '{}',
    notes text[] NOT NULL DEFAULT '{}',
    has_golden boolean NOT NULL DEFAULT false,
    schema_version integer,
    memory_bytes bigint,
    files jsonb NOT NULL DEFAULT '{}',
    extra jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT serve_ml_models_equipment_id_power_model_version_key UNIQUE (equipment_id, power, model_version)
);
COMMENT ON TABLE ml.serve_ml_models IS
    'The bundles that thin found under SERVE_ML_ROOT (ml.sync_models). Only status ready is served. No foreign key to plant.equipment: a bundle may be there before its machine has spoken.';
COMMENT ON COLUMN ml.serve_ml_models.power IS 'Power class of the machine as the bundle''s folder names it, for example 2.2kW.';
COMMENT ON COLUMN ml.serve_ml_models.thresholds IS 'Largest normal reconstruction error by modality (mean squared, in scaled units); null: none.';
COMMENT ON COLUMN ml.serve_ml_models.class_map IS 'Class index to fault name (cases B and C).';
COMMENT ON COLUMN ml.serve_ml_models.sha256 IS 'SHA-256 over the bundle''s files, as hex.';
COMMENT ON COLUMN ml.serve_ml_models."case" IS 'A: autoencoder gate only; B: one fault (binary); C: several faults.';
COMMENT ON COLUMN ml.serve_ml_models.status IS
    'ready: served. rejected: found, but status_code and status_reason say why it is not served. missing: its files are gone. retired: taken out by an engineer.';
COMMENT ON COLUMN ml.serve_ml_models.features IS 'Names of the features in the order in which the bundle takes them.';
COMMENT ON COLUMN ml.serve_ml_models.unscaled IS 'Modalities whose scaler is missing: their predictions are never above the severity of setting ml.unscaled_severity.';
COMMENT ON COLUMN ml.serve_ml_models.notes IS 'What was odd when the bundle was read and did not keep it from being served.';
COMMENT ON COLUMN ml.serve_ml_models.has_golden IS 'It brought golden vectors, and they were replayed when it was loaded.';
COMMENT ON COLUMN ml.serve_ml_models.schema_version IS 'Of metadata.json; NULL: a bundle of the field.';
COMMENT ON COLUMN ml.serve_ml_models.memory_bytes IS 'Memory that its weights take in thin.';
COMMENT ON COLUMN ml.serve_ml_models.files IS 'SHA-256 by file name.';
COMMENT ON COLUMN ml.serve_ml_models.extra IS
    'All other members of metadata.json, training statistics left out (ml.feature_reference has those).';

CREATE TABLE ml.registry_report (
    instance text PRIMARY KEY CHECK (length(instance) BETWEEN 1 AND 200),
    reported_at timestamptz NOT NULL,
    served integer NOT NULL,
    rejected integer NOT NULL
);
COMMENT ON TABLE ml.registry_report IS
    'When each thin process last said what it found under SERVE_ML_ROOT. A report counts for as long as the setting ml.report_lifetime says; the newest one always counts.';

CREATE TABLE ml.bundle_report (
    instance text NOT NULL REFERENCES ml.registry_report ON DELETE CASCADE,
    model_id bigint NOT NULL REFERENCES ml.serve_ml_models ON DELETE CASCADE,
    status text NOT NULL CHECK (status IN ('ready', 'rejected')),
    status_code text,
    status_reason text,
    sha256 text,
    PRIMARY KEY (instance, model_id)
);
COMMENT ON TABLE ml.bundle_report IS
    'What each process last said of each bundle. A bundle is ready while one of the reports that count serves it, so processes that report one after the other do not flap it.';
CREATE INDEX bundle_report_model_id_idx ON ml.bundle_report (model_id);

CREATE TABLE ml.model_alias (
    equipment_id text NOT NULL,
    power text NOT NULL,
    alias text NOT NULL CONSTRAINT model_alias_alias_check CHECK (alias IN ('champion', 'challenger')),
    model_version text NOT NULL,
    set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    set_by text NOT NULL DEFAULT session_user,
    reason text,
    PRIMARY KEY (equipment_id, power, alias),
    CONSTRAINT model_alias_equipment_id_power_model_version_fkey FOREIGN KEY (equipment_id, power, model_version)
        REFERENCES ml.serve_ml_models (equipment_id, power, model_version)
);
COMMENT ON TABLE ml.model_alias IS
    'champion: the version that answers and raises alarms. challenger: scored on the same inputs as a shadow; its results are stored and raise nothing. Set by ml.set_alias.';

CREATE TABLE ml.model_alias_history (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    equipment_id text NOT NULL,
    power text NOT NULL,
    alias text NOT NULL,
    model_version text,
    previous_version text,
    set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    set_by text NOT NULL,
    reason text,
    undoes bigint REFERENCES ml.model_alias_history
);
COMMENT ON TABLE ml.model_alias_history IS 'Every change of an alias: who, when, why, from what to what (NULL: none).';
COMMENT ON COLUMN ml.model_alias_history.undoes IS 'A rollback: the change that it took back.';
CREATE UNIQUE INDEX model_alias_history_undoes_key ON ml.model_alias_history (undoes) WHERE undoes IS NOT NULL;
CREATE INDEX model_alias_history_equipment_id_power_idx ON ml.model_alias_history (equipment_id, power, id);

CREATE TABLE ml.power_rule (
    equipment_id text PRIMARY KEY,
    vibration_factor float8 NOT NULL DEFAULT 10,
    current_factor float8 NOT NULL DEFAULT 1,
    fixed_power text,
    -- a factor times a feature stays within float8 (ops.is_carried)
    CONSTRAINT power_rule_number_check CHECK (
        (abs(vibration_factor) BETWEEN 1e-100 AND 1e100 OR vibration_factor = 0)
        AND (abs(current_factor) BETWEEN 1e-100 AND 1e100 OR current_factor = 0))
);
COMMENT ON TABLE ml.power_rule IS
    'How the power class is chosen where a request names none: nearest kW to vibration_factor · vib_rms + current_factor · mean of the non-zero cur_*_rms; or always fixed_power. The row "*" is the default.';
INSERT INTO ml.power_rule (equipment_id) VALUES ('*');

CREATE TABLE ml.serve_ml_predictions (
    time timestamptz NOT NULL,
    equipment_id text NOT NULL,
    power text NOT NULL,
    model_version text NOT NULL,
    stage text NOT NULL DEFAULT 'champion'
        CONSTRAINT serve_ml_predictions_stage_check CHECK (stage IN ('champion', 'challenger', 'requested')),
    source text NOT NULL
        CONSTRAINT serve_ml_predictions_source_check CHECK (source IN ('mqtt', 'http', 'waveform', 'window')),
    "case" text,
    modalities text[] NOT NULL,
    is_anomaly boolean NOT NULL,
    confidence float8 NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    severity text,
    scores jsonb NOT NULL,
    thresholds jsonb NOT NULL,
    ratio jsonb NOT NULL,
    fault_label text,
    fault_probability float8,
    probabilities jsonb,
    contributions jsonb,
    warnings text[] NOT NULL DEFAULT '{}',
    features jsonb,
    latency_us float8,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    value float8,
    -- a redelivered message that carries its time changes nothing
    CONSTRAINT serve_ml_predictions_pkey PRIMARY KEY (equipment_id, power, model_version, stage, time)
);
SELECT public.create_hypertable('ml.serve_ml_predictions', public.by_range('time', INTERVAL '7 days'), create_default_indexes => false);
COMMENT ON TABLE ml.serve_ml_predictions IS
    'Every prediction with what it was made from, so that an alarm can say why. A hypertable with one chunk a week.';
COMMENT ON COLUMN ml.serve_ml_predictions.stage IS
    'champion: the machine''s model, raises alarms. challenger: a shadow. requested: a version that a client asked for by name.';
COMMENT ON COLUMN ml.serve_ml_predictions.confidence IS '0 to 1, rising with the largest score/threshold ratio.';
COMMENT ON COLUMN ml.serve_ml_predictions.value IS 'What the bundle''s regressor gives (unit: the bundle''s metadata); NULL where it has none.';
COMMENT ON COLUMN ml.serve_ml_predictions.contributions IS
    'The features that contributed most: [{feature, squared_error, share}], largest first.';
COMMENT ON COLUMN ml.serve_ml_predictions.latency_us IS 'Arithmetic only, microseconds.';
CREATE INDEX serve_ml_predictions_time_idx ON ml.serve_ml_predictions USING brin (time);
CREATE INDEX serve_ml_predictions_anomaly_idx ON ml.serve_ml_predictions (equipment_id, time DESC) WHERE is_anomaly;
-- of the few that a regressor speaks in: report.remaining_life
CREATE INDEX serve_ml_predictions_value_idx ON ml.serve_ml_predictions (equipment_id, time DESC) WHERE value IS NOT NULL;
-- rows arrive in this order whatever their time: what ml.summarise has not seen yet is found without reading the rest
CREATE INDEX serve_ml_predictions_received_at_idx ON ml.serve_ml_predictions USING brin (received_at);

CREATE TABLE ml.feature_reference (
    model_id bigint NOT NULL REFERENCES ml.serve_ml_models ON DELETE CASCADE,
    feature text NOT NULL CHECK (length(feature) BETWEEN 1 AND 128),
    source text NOT NULL CHECK (source IN ('training', 'learned')),
    mean float8 NOT NULL,
    spread float8 NOT NULL CHECK (spread >= 0),
    minimum float8 NOT NULL,
    maximum float8 NOT NULL,
    quantiles float8[] NOT NULL CHECK (cardinality(quantiles) = 11),
    expected float8[] NOT NULL CHECK (cardinality(expected) = 10),
    samples bigint,
    learned_from timestamptz,
    learned_to timestamptz,
    set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    set_by text NOT NULL,
    PRIMARY KEY (model_id, feature)
);
COMMENT ON TABLE ml.feature_reference IS
    'How a model''s features were distributed when all was well: what drift is measured against. From the bundle''s training statistics (ml.sync_models) or learned from stored predictions (ml.learn_reference).';
COMMENT ON COLUMN ml.feature_reference.spread IS 'Standard deviation.';
COMMENT ON COLUMN ml.feature_reference.quantiles IS 'Minimum, the nine deciles, maximum.';
COMMENT ON COLUMN ml.feature_reference.expected IS
    'Share of the values in each of the ten bins that the deciles bound; not a tenth where deciles coincide.';
COMMENT ON COLUMN ml.feature_reference.samples IS 'How many values it was made from; NULL: the bundle does not say.';

CREATE TABLE ml.feature_day (
    model_id bigint NOT NULL REFERENCES ml.serve_ml_models ON DELETE CASCADE,
    day date NOT NULL,
    feature text NOT NULL,
    predictions integer NOT NULL,
    samples integer NOT NULL,
    below integer NOT NULL,
    above integer NOT NULL,
    sum float8 NOT NULL,
    sum_sq float8 NOT NULL,
    minimum float8,
    maximum float8,
    bin_1 integer NOT NULL,
    bin_2 integer NOT NULL,
    bin_3 integer NOT NULL,
    bin_4 integer NOT NULL,
    bin_5 integer NOT NULL,
    bin_6 integer NOT NULL,
    bin_7 integer NOT NULL,
    bin_8 integer NOT NULL,
    bin_9 integer NOT NULL,
    bin_10 integer NOT NULL,
    PRIMARY KEY (model_id, day, feature)
) WITH (fillfactor = 70);
COMMENT ON TABLE ml.feature_day IS
    'What drift needs of a day''s predictions, per model and feature: it stays when the predictions are gone. Written by ml.summarise; everything adds up, so each prediction is read once.';
COMMENT ON COLUMN ml.feature_day.day IS 'UTC day of the measurement.';
COMMENT ON COLUMN ml.feature_day.predictions IS 'Predictions of the day that kept their features; those without this feature are predictions - samples.';
COMMENT ON COLUMN ml.feature_day.below IS 'Values below the reference''s minimum.';
COMMENT ON COLUMN ml.feature_day.above IS 'Values above the reference''s maximum.';
COMMENT ON COLUMN ml.feature_day.bin_1 IS 'Values below the first decile of the reference; bin_10: at or above the ninth.';

CREATE TABLE ml.score_day (
    model_id bigint NOT NULL REFERENCES ml.serve_ml_models ON DELETE CASCADE,
    stage text NOT NULL,
    modality text NOT NULL,
    day date NOT NULL,
    predictions integer NOT NULL,
    anomalies integer NOT NULL,
    median_score float8,
    median_ratio float8,
    p95_ratio float8,
    max_ratio float8,
    median_latency_us float8,
    p99_latency_us float8,
    PRIMARY KEY (model_id, stage, modality, day)
) WITH (fillfactor = 70);
COMMENT ON TABLE ml.score_day IS 'What a model said on a UTC day, per stage and modality. Written by ml.summarise; stays when the predictions are gone.';
COMMENT ON COLUMN ml.score_day.anomalies IS 'Predictions that found an anomaly, by whichever modality.';
COMMENT ON COLUMN ml.score_day.median_ratio IS 'Of score / threshold; NULL: the modality has no threshold.';

CREATE TABLE ml.clock (
    name text PRIMARY KEY CHECK (name IN ('summary', 'features_dropped')),
    done_to timestamptz NOT NULL
);
COMMENT ON TABLE ml.clock IS
    'How far the jobs have come: summary, up to which received_at ml.summarise has read; features_dropped, up to which time ml.purge_predictions has emptied features.';
