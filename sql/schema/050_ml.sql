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
    reason text
);
COMMENT ON TABLE ml.model_alias_history IS 'Every change of an alias: who, when, why, from what to what (NULL: none).';
CREATE INDEX model_alias_history_equipment_id_power_idx ON ml.model_alias_history (equipment_id, power, id);

CREATE TABLE ml.power_rule (
    equipment_id text PRIMARY KEY,
    vibration_factor float8 NOT NULL DEFAULT 10,
    current_factor float8 NOT NULL DEFAULT 1,
    fixed_power text
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
    source text NOT NULL CONSTRAINT serve_ml_predictions_source_check CHECK (source IN ('mqtt', 'http', 'waveform')),
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
    -- a redelivered message that carries its time changes nothing
    CONSTRAINT serve_ml_predictions_pkey PRIMARY KEY (equipment_id, power, model_version, stage, time)
);
SELECT public.create_hypertable('ml.serve_ml_predictions', public.by_range('time', INTERVAL '7 days'), create_default_indexes => false);
COMMENT ON TABLE ml.serve_ml_predictions IS
    'Every prediction with what it was made from, so that an alarm can say why. A hypertable with one chunk a week.';
COMMENT ON COLUMN ml.serve_ml_predictions.stage IS
    'champion: the machine''s model, raises alarms. challenger: a shadow. requested: a version that a client asked for by name.';
COMMENT ON COLUMN ml.serve_ml_predictions.confidence IS '0 to 1, rising with the largest score/threshold ratio.';
COMMENT ON COLUMN ml.serve_ml_predictions.contributions IS
    'The features that contributed most: [{feature, squared_error, share}], largest first.';
COMMENT ON COLUMN ml.serve_ml_predictions.latency_us IS 'Arithmetic only, microseconds.';
CREATE INDEX serve_ml_predictions_time_idx ON ml.serve_ml_predictions USING brin (time);
CREATE INDEX serve_ml_predictions_anomaly_idx ON ml.serve_ml_predictions (equipment_id, time DESC) WHERE is_anomaly;
