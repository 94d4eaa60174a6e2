-- The kinds of training, each with the JSON Schema of its spec: what is checked when a job is queued, and what the API
-- shows.
INSERT INTO ml.training_kind (kind, place, model_types, meaning, spec) VALUES
    ('autoencoder', 10, ARRAY['xgboost', 'autoencoder'],
     'Autoencoders over the features of current and vibration, in the field''s form: case A without faults, B with '
     'one, C with several, whose classifier takes the latents.',
     $json$ {
    "type": "object", "additionalProperties": false, "required": ["equipment_id"],
    "example": {"equipment_id": "press-1", "power": "2.2kW", "normal": [{"from": "2026-05-01T00:00:00Z", "to":
            "2026-06-01T00:00:00Z"}]},
    "properties": {
        "equipment_id": {"type": "string", "minLength": 1, "maxLength": 64, "pattern":
            "^[[:alnum:]][[:alnum:]_.:-]*$", "description": "The machine."},
        "power": {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[^/[:cntrl:].][^/[:cntrl:]]*$",
            "description":
            "Power class; default: that of its bundles, where it is one."},
        "model_version": {"type": "string", "minLength": 1, "maxLength": 64, "pattern":
            "^[^/[:cntrl:].][^/[:cntrl:]]*$", "description":
            "Version that the bundle is named; default t<date>-<job>. Must be a new one."},
        "seed": {"type": "integer", "minimum": 0, "maximum": 4294967295, "description":
            "Of every random choice; default: the job's number."},
        "epochs": {"type": "integer", "minimum": 1, "maximum": 10000, "default": 200, "description":
            "Passes over the data at most; it stops earlier when validation no longer gains."},
        "time_limit": {"type": "integer", "minimum": 10, "maximum": 86400, "default": 1800, "description":
            "Seconds that one attempt may take; then it ends with what it has, or fails."},
        "model_type": {"type": "string", "maxLength": 64, "description":
            "As the client named it: xgboost trains a classifier where there are faults."},
        "source": {"type": "string", "enum": ["stored", "files"], "description":
            "stored: ml.training_features; files: the job's files. Default: files where there are any."},
        "modalities": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"type": "string", "enum":
            ["current", "vibration"]}, "description": "Default: those that the data has."},
        "current_sample_rate_hz": {"type": "number", "exclusiveMinimum": 0, "maximum": 10000000, "description":
            "Of files; default: from their times."},
        "vibration_sample_rate_hz": {"type": "number", "exclusiveMinimum": 0, "maximum": 10000000, "description":
            "Of files; default: from their times."},
        "window_seconds": {"type": "number", "minimum": 0.01, "maximum": 3600, "default": 1, "description":
            "Of files: how long the stretch is that one vector of features is computed from."},
        "normal": {"type": "array", "minItems": 1, "maxItems": 1000, "items": {"type": "object",
            "additionalProperties": false, "required": ["from", "to"], "properties": {"from": {"type": "string",
            "format": "date-time"}, "to": {"type": "string", "format": "date-time", "description": "Exclusive."}}},
            "description":
            "When it was well. Default: ml.training_ranges."},
        "abnormal": {"type": "array", "minItems": 0, "maxItems": 1000, "items": {"type": "object",
            "additionalProperties": false, "required": ["from", "to"], "properties": {"from": {"type": "string",
            "format": "date-time"}, "to": {"type": "string", "format": "date-time", "description": "Exclusive."},
            "label": {"type": "string", "minLength": 1, "maxLength": 64, "description":
            "Name of the fault; default fault."}}}, "description":
            "When it was not. Default: ml.training_ranges."},
        "threshold_quantile": {"type": "number", "minimum": 0.5, "maximum": 1, "default": 0.99, "description":
            "Threshold: this quantile of the scores of normal validation data."},
        "threshold_margin": {"type": "number", "minimum": 0.1, "maximum": 100, "default": 1.2, "description":
            "Threshold: the quantile times this."}}} $json$),
    ('window_autoencoder', 20, ARRAY['window_autoencoder', 'dense_autoencoder', 'lstm_autoencoder'],
     'An autoencoder over windows of stored signals, for machines that nobody computes features of.',
     $json$ {
    "type": "object", "additionalProperties": false, "required": ["equipment_id"],
    "example": {"equipment_id": "press-1", "architecture": "lstm", "bucket": "1m", "steps": 30},
    "properties": {
        "equipment_id": {"type": "string", "minLength": 1, "maxLength": 64, "pattern":
            "^[[:alnum:]][[:alnum:]_.:-]*$", "description": "The machine."},
        "power": {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[^/[:cntrl:].][^/[:cntrl:]]*$",
            "description":
            "Power class; default: that of its bundles, where it is one."},
        "model_version": {"type": "string", "minLength": 1, "maxLength": 64, "pattern":
            "^[^/[:cntrl:].][^/[:cntrl:]]*$", "description":
            "Version that the bundle is named; default t<date>-<job>. Must be a new one."},
        "seed": {"type": "integer", "minimum": 0, "maximum": 4294967295, "description":
            "Of every random choice; default: the job's number."},
        "epochs": {"type": "integer", "minimum": 1, "maximum": 10000, "default": 200, "description":
            "Passes over the data at most; it stops earlier when validation no longer gains."},
        "time_limit": {"type": "integer", "minimum": 10, "maximum": 86400, "default": 1800, "description":
            "Seconds that one attempt may take; then it ends with what it has, or fails."},
        "model_type": {"type": "string", "maxLength": 64, "description": "As the client named it."},
        "architecture": {"type": "string", "enum": ["dense", "lstm"], "default": "dense"},
        "directions": {"type": "object", "maxProperties": 256, "additionalProperties": {"type": "string", "enum":
            ["low", "high", "both"]}, "description":
            "Which way signals go when something is wrong (others: both); lasting shifts are looked for. Dense only."},
        "signals": {"type": "array", "minItems": 1, "maxItems": 256, "items": {"type": "string", "minLength": 1,
            "maxLength": 128}, "description":
            "Sensor names in order; default: all that are not retired (ml.training_signal)."},
        "bucket": {"type": "string", "enum": ["raw", "1m", "1h"], "description":
            "What a step of a window is: ml.training_window.", "default": "1m"},
        "steps": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 30, "description":
            "Steps of a window."},
        "normal": {"type": "array", "minItems": 1, "maxItems": 1000, "items": {"type": "object",
            "additionalProperties": false, "required": ["from", "to"], "properties": {"from": {"type": "string",
            "format": "date-time"}, "to": {"type": "string", "format": "date-time", "description": "Exclusive."}}},
            "description":
            "When it was well. Default: ml.training_ranges."},
        "abnormal": {"type": "array", "minItems": 0, "maxItems": 1000, "items": {"type": "object",
            "additionalProperties": false, "required": ["from", "to"], "properties": {"from": {"type": "string",
            "format": "date-time"}, "to": {"type": "string", "format": "date-time", "description": "Exclusive."},
            "label": {"type": "string", "minLength": 1, "maxLength": 64, "description":
            "Name of the fault; default fault."}}}, "description":
            "When it was not. Default: ml.training_ranges."},
        "threshold_quantile": {"type": "number", "minimum": 0.5, "maximum": 1, "default": 0.99, "description":
            "Threshold: this quantile of the scores of normal validation data."},
        "threshold_margin": {"type": "number", "minimum": 0.1, "maximum": 100, "default": 1.2, "description":
            "Threshold: the quantile times this."}}} $json$),
    ('rul', 30, ARRAY['rul'],
     'A regressor of the remaining useful life, learned from lives that ended (ml.training_lives).',
     $json$ {
    "type": "object", "additionalProperties": false, "required": [],
    "example": {"equipment_type": "pump", "bucket": "1h", "steps": 30},
    "properties": {
        "equipment_id": {"type": "string", "minLength": 1, "maxLength": 64, "pattern":
            "^[[:alnum:]][[:alnum:]_.:-]*$", "description": "One machine; or equipment_type."},
        "equipment_type": {"type": "string", "minLength": 1, "maxLength": 64, "description":
            "All machines of this type; or equipment_id."},
        "component_type": {"type": "string", "minLength": 1, "maxLength": 64, "description":
            "Lives of components of this type only; default: all lives."},
        "power": {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[^/[:cntrl:].][^/[:cntrl:]]*$",
            "description":
            "Power class; default: that of its bundles, where it is one."},
        "model_version": {"type": "string", "minLength": 1, "maxLength": 64, "pattern":
            "^[^/[:cntrl:].][^/[:cntrl:]]*$", "description":
            "Version that the bundle is named; default t<date>-<job>. Must be a new one."},
        "seed": {"type": "integer", "minimum": 0, "maximum": 4294967295, "description":
            "Of every random choice; default: the job's number."},
        "epochs": {"type": "integer", "minimum": 1, "maximum": 10000, "default": 200, "description":
            "Passes over the data at most; it stops earlier when validation no longer gains."},
        "time_limit": {"type": "integer", "minimum": 10, "maximum": 86400, "default": 1800, "description":
            "Seconds that one attempt may take; then it ends with what it has, or fails."},
        "architecture": {"type": "string", "enum": ["lstm"], "default": "lstm", "description":
            "What a bundle can hold of a regressor."},
        "signals": {"type": "array", "minItems": 1, "maxItems": 256, "items": {"type": "string", "minLength": 1,
            "maxLength": 128}, "description":
            "Sensor names in order; default: all that are not retired (ml.training_signal)."},
        "bucket": {"type": "string", "enum": ["raw", "1m", "1h"], "description":
            "What a step of a window is: ml.training_window.", "default": "1h"},
        "steps": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 30, "description":
            "Steps of a window."},
        "cap_hours": {"type": "number", "exclusiveMinimum": 0, "maximum": 1000000, "description":
            "Lives longer than this are taken for this: nothing shows wear so early. Default: chosen on validation."},
        "coverage": {"type": "number", "minimum": 0.5, "maximum": 0.99, "default": 0.8, "description":
            "How much the interval is to cover."}}} $json$),
    ('threshold', 40, ARRAY['threshold'],
     'New thresholds for a bundle that there is, from what it says of normal data; its weights stay.',
     $json$ {
    "type": "object", "additionalProperties": false, "required": ["equipment_id", "power", "source_version"],
    "example": {"equipment_id": "press-1", "power": "2.2kW", "source_version": "v1"},
    "properties": {
        "equipment_id": {"type": "string", "minLength": 1, "maxLength": 64, "pattern":
            "^[[:alnum:]][[:alnum:]_.:-]*$", "description": "The machine."},
        "power": {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[^/[:cntrl:].][^/[:cntrl:]]*$",
            "description": "Power class of the bundle."},
        "source_version": {"type": "string", "minLength": 1, "maxLength": 64, "pattern":
            "^[^/[:cntrl:].][^/[:cntrl:]]*$", "description": "The version whose thresholds are learned anew."},
        "model_version": {"type": "string", "minLength": 1, "maxLength": 64, "pattern":
            "^[^/[:cntrl:].][^/[:cntrl:]]*$", "description":
            "Version that the bundle is named; default t<date>-<job>. Must be a new one."},
        "seed": {"type": "integer", "minimum": 0, "maximum": 4294967295, "description":
            "Of every random choice; default: the job's number."},
        "time_limit": {"type": "integer", "minimum": 10, "maximum": 86400, "default": 1800, "description":
            "Seconds that one attempt may take; then it ends with what it has, or fails."},
        "normal": {"type": "array", "minItems": 1, "maxItems": 1000, "items": {"type": "object",
            "additionalProperties": false, "required": ["from", "to"], "properties": {"from": {"type": "string",
            "format": "date-time"}, "to": {"type": "string", "format": "date-time", "description": "Exclusive."}}},
            "description":
            "When it was well. Default: ml.training_ranges."},
        "abnormal": {"type": "array", "minItems": 0, "maxItems": 1000, "items": {"type": "object",
            "additionalProperties": false, "required": ["from", "to"], "properties": {"from": {"type": "string",
            "format": "date-time"}, "to": {"type": "string", "format": "date-time", "description": "Exclusive."},
            "label": {"type": "string", "minLength": 1, "maxLength": 64, "description":
            "Name of the fault; default fault."}}}, "description":
            "When it was not. Default: ml.training_ranges."},
        "threshold_quantile": {"type": "number", "minimum": 0.5, "maximum": 1, "default": 0.99, "description":
            "Threshold: this quantile of the scores of normal validation data."},
        "threshold_margin": {"type": "number", "minimum": 0.1, "maximum": 100, "default": 1.2, "description":
            "Threshold: the quantile times this."}}} $json$)
ON CONFLICT (kind) DO UPDATE SET place = excluded.place, model_types = excluded.model_types,
    meaning = excluded.meaning, spec = excluded.spec;

INSERT INTO ml.promotion_policy (equipment_id, minimum_agreement, more_alarms_per_week, minimum_gain, note) VALUES
    ('*', 0.9, 1, 0, 'As it came: a person decides.')
ON CONFLICT (equipment_id) DO NOTHING;

INSERT INTO ops.setting (name, value, description, unit) VALUES
    ('ml.training_lease', '"2 minutes"',
     'How long a training is its worker''s without a sign of life; then another one may take it over.', 'interval'),
    ('ml.training_attempts', '3', 'How often a training is tried at most.', 'count'),
    ('ml.training_pause', '"30 seconds"',
     'How long a training that failed waits before it is tried again, times the attempts so far.', 'interval'),
    ('ml.backtest_inputs', '100000', 'How many stored inputs are replayed through a bundle at most.', 'count'),
    ('ml.training_wait', '"10 minutes"', 'How long a request may wait for a training to end.', 'interval'),
    ('ml.training_log', '20000', 'How much of a training''s log is kept: its end.', 'characters'),
    ('ml.training_queue', '100', 'How many trainings may wait or run at the same time.', 'count'),
    ('ml.training_upload_files', '200', 'How many files a training may bring.', 'count'),
    ('ml.training_upload_rows', '2000000', 'How many rows all files of a training may have together.', 'count'),
    ('ml.training_upload_columns', '32', 'How many columns beside the time a file may have.', 'count'),
    ('ml.training_upload_patience', '"10 minutes"',
     'A training whose files stop arriving for so long is given up.', 'interval'),
    ('ml.training_upload_retention', '"7 days"',
     'How long the samples of a training''s files are kept after it is over.', 'interval'),
    ('ml.training_retention', '"2 years"',
     'How long trainings that are over are remembered; null: for ever.', 'interval'),
    ('ml.training_history', '"90 days"',
     'How much stored data a training takes where it names no times.', 'interval'),
    ('ml.training_margin', '"1 day"',
     'How long before and after what plant.label knows of a machine is not taken for normal.', 'interval'),
    ('ml.training_lives', '3', 'So many lives that ended by failure are needed to learn remaining life from.', 'count')
ON CONFLICT (name) DO NOTHING;

INSERT INTO ops.job (name, procedure, schedule, description) VALUES
    ('ml.sweep_training', 'ml.sweep_training', '30 seconds',
     'Ends trainings whose last worker is not heard of any more, and those whose files stopped arriving.'),
    ('ml.purge_training', 'ml.purge_training', '1 hour',
     'Drops the samples of trainings that are over, and old trainings, as the settings say.'),
    ('ml.review_challengers', 'ml.review_challengers', '1 hour',
     'Holds each challenger against the policy of its machine, and promotes whoever passes where that may be.')
ON CONFLICT (name) DO NOTHING;
