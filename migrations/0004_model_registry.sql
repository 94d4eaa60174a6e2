-- millwright: drop-views
-- The registry keeps what bundles say of themselves, aliases can be rolled back, drift has its tables.

ALTER TABLE ml.serve_ml_models
    ADD COLUMN features text[] NOT NULL DEFAULT '{}',
    ADD COLUMN unscaled text[] NOT NULL DEFAULT '{}',
    ADD COLUMN notes text[] NOT NULL DEFAULT '{}',
    ADD COLUMN has_golden boolean NOT NULL DEFAULT false,
    ADD COLUMN schema_version integer,
    ADD COLUMN memory_bytes bigint,
    ADD COLUMN files jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN extra jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN ml.serve_ml_models.features IS 'Names of the features in the order in which the bundle takes them.';
COMMENT ON COLUMN ml.serve_ml_models.unscaled IS 'Modalities whose scaler is missing: their predictions are never above severity low.';
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

ALTER TABLE ml.model_alias_history ADD COLUMN undoes bigint REFERENCES ml.model_alias_history;
COMMENT ON COLUMN ml.model_alias_history.undoes IS 'A rollback: the change that it took back.';
CREATE UNIQUE INDEX model_alias_history_undoes_key ON ml.model_alias_history (undoes) WHERE undoes IS NOT NULL;

CREATE INDEX signal_verdict_idx ON alarm.signal (equipment_id) WHERE condition = 'model_verdict' AND assigned;
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
