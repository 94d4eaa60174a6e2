SELECT api.seed_schemas('serve-ml', $json$ {
    "PredictRequest": {
        "type": "object", "required": ["equipment_id", "features"],
        "properties": {
            "equipment_id": {"type": "string"}, "power": {"type": ["string", "null"], "description": "Default: chosen from the features."},
            "model_version": {"type": ["string", "null"], "description": "Default: the champion."},
            "features": {"$ref": "#/components/schemas/Features"},
            "time": {"type": ["string", "number", "null"], "description": "When it was measured: ISO 8601, or epoch seconds or milliseconds. Default: now. With it, a request that is sent again is stored once."},
            "force_xgb": {"type": "boolean", "default": false,
                "description": "Run the fault classifier although the gate did not open."},
            "missing": {"type": "string", "enum": ["zero", "refuse"], "default": "zero",
                "description":
                "What a feature that the bundle needs and the request does not have counts as. zero: 0, and warnings say imputed:NAME; one of them must be there. refuse: 422 names it."}},
        "example": {"equipment_id": "press-1", "power": "2.2kW", "features": {"vib_rms": 0.21, "cur_x_rms": 4.1}}},
    "Features": {
        "type": "object", "additionalProperties": {"type": ["number", "string"]}, "minProperties": 1,
            "maxProperties": 4096,
        "description":
            "Feature name to value, finite, also written as text (\"1.5\"); the bundle's feature_spec.yaml names those that it needs."},
    "Prediction": {
        "type": "object",
        "required": ["equipment_id", "power", "model_version", "scores", "thresholds", "ratio", "modalities", "case", "is_anomaly", "confidence", "warnings"],
        "properties": {
            "equipment_id": {"type": "string"}, "power": {"type": "string"}, "model_version": {"type": "string"},
            "used_features": {"type": ["integer", "array"], "items": {"type": "string"}},
            "scores": {"type": "object", "additionalProperties": {"type": "number"}, "description": "Mean squared reconstruction error by modality."},
            "thresholds": {"type": "object", "additionalProperties": {"type": ["number", "null"]}},
            "ratio": {"type": "object", "additionalProperties": {"type": ["number", "null"]}, "description": "score / threshold."},
            "modalities": {"type": "array", "items": {"type": "string"}}, "case": {"type": "string", "enum": ["A", "B", "C"]},
            "is_anomaly": {"type": "boolean"}, "confidence": {"type": "number", "minimum": 0, "maximum": 1},
            "fault": {"type": ["object", "null"], "properties": {"label": {"type": "string"}, "probability": {"type": "number"},
                "probabilities": {"type": "object", "additionalProperties": {"type": "number"}}}},
            "warnings": {"type": "array", "items": {"type": "string"}}, "latency_us": {"type": "number",
                "description": "Microseconds."},
            "result": {"type": "object",
                "description":
                "The verdict once more: is_anomaly, confidence, scores, thresholds, modalities, used_features, …"}}},
    "PredictBody": {
        "oneOf": [{"$ref": "#/components/schemas/PredictRequest"},
            {"type": "array", "minItems": 1, "maxItems": 1000, "items": {"$ref": "#/components/schemas/PredictRequest"}}]},
    "PredictAnswer": {"oneOf": [{"$ref": "#/components/schemas/Prediction"}, {"$ref": "#/components/schemas/Predictions"}]},
    "Predictions": {
        "type": "object", "required": ["results", "scored", "failed"], "description": "The answer to an array of requests.",
        "properties": {
            "results": {"type": "array", "description": "In the order of the requests.", "items": {
                "type": "object", "required": ["status"], "properties": {
                    "status": {"type": "integer", "description": "200 with a prediction; else what the request alone would have been answered with."},
                    "prediction": {"$ref": "#/components/schemas/Prediction"},
                    "error": {"type": "object", "description": "A problem (RFC 9457) without instance."}}}},
            "scored": {"type": "integer"}, "failed": {"type": "integer"}}},
    "Waveform": {
        "type": "object", "required": ["sample_rate_hz", "axes"],
        "properties": {
            "sample_rate_hz": {"type": "number", "exclusiveMinimum": 0, "maximum": 10000000},
            "axes": {"type": "object", "additionalProperties": {"type": "array", "minItems": 16, "maxItems": 1048576, "items": {"type": "number"}},
                "description": "current: x, y, z in A. vibration: one axis of any name, in mm/s."}}},
    "WaveformsRequest": {
        "type": "object", "required": ["waveforms"], "additionalProperties": false,
        "properties": {
            "waveforms": {"type": "object", "description": "By modality.", "properties": {
                "current": {"$ref": "#/components/schemas/Waveform"}, "vibration": {"$ref": "#/components/schemas/Waveform"}}},
            "score": {"type": "boolean", "default": false, "description": "Score and store the features, too; needs equipment_id."},
            "equipment_id": {"type": "string"}, "power": {"type": ["string", "null"]}, "model_version": {"type": ["string", "null"]},
            "time": {"type": ["string", "number", "null"]}, "force_xgb": {"type": "boolean", "default": false}}},
    "WaveformFeatures": {
        "type": "object", "required": ["modalities", "features"],
        "properties": {
            "modalities": {"type": "array", "items": {"type": "string"}}, "features": {"$ref": "#/components/schemas/Features"},
            "prediction": {"$ref": "#/components/schemas/Prediction"}}},
    "Bundles": {
        "type": "object", "description": "equipment without a filter, powers with equipment_id, versions with power too.",
        "properties": {
            "equipment": {"type": "array", "items": {"type": "string"}}, "powers": {"type": "array", "items": {"type": "string"}},
            "versions": {"type": "array", "items": {"type": "string"}, "description": "Newest first."},
            "champion": {"type": ["string", "null"]}, "challenger": {"type": ["string", "null"]}}},
    "Sync": {
        "type": "object", "required": ["upserts", "rejected"],
        "properties": {"upserts": {"type": "integer"}, "total": {"type": "integer"}, "rejected": {"type": "array", "items": {"type": "object"}}}},
    "Model": {
        "type": "object", "required": ["equipment_id", "power", "model_version", "modalities", "thresholds", "sha256", "case", "status", "aliases"],
        "properties": {
            "equipment_id": {"type": "string"}, "power": {"type": "string"}, "model_version": {"type": "string"},
            "modalities": {"type": "array", "items": {"type": "string"}}, "thresholds": {"type": "object"}, "class_map": {"type": ["object", "null"]},
            "sha256": {"type": ["string", "null"]}, "bundle_path": {"type": "string"}, "case": {"type": ["string", "null"]},
            "faults": {"type": "array", "items": {"type": "string"}}, "metrics": {"type": "object"},
            "status": {"type": "string", "enum": ["ready", "rejected", "missing", "retired"]}, "status_code": {"type": ["string", "null"]},
            "status_reason": {"type": ["string", "null"]}, "created_at": {"type": "string", "format": "date-time"},
            "updated_at": {"type": "string", "format": "date-time"}, "aliases": {"type": "array", "items": {"type": "string"}},
            "features": {"type": "array", "items": {"type": "string"}, "description": "In the bundle's order. Not in lists."},
            "files": {"type": "object", "description": "SHA-256 by file. Not in lists."}, "extra": {"type": "object", "description": "Other members of metadata.json. Not in lists."},
            "unscaled": {"type": "array", "items": {"type": "string"}, "description": "Modalities without a scaler: never above the severity of setting ml.unscaled_severity (low)."},
            "notes": {"type": "array", "items": {"type": "string"}}, "has_golden": {"type": "boolean"},
            "schema_version": {"type": ["integer", "null"]}, "memory_bytes": {"type": ["integer", "null"]}}},
    "Serving": {
        "type": "object", "required": ["equipment_id", "power", "serving_version", "because", "champion", "challenger"],
        "properties": {"equipment_id": {"type": "string"}, "power": {"type": "string"}, "serving_version": {"type": ["string", "null"], "description": "What answers; null: nothing."},
            "because": {"type": "string"}, "champion": {"type": ["string", "null"]}, "champion_status": {"type": ["string", "null"]},
            "champion_reason": {"type": ["string", "null"]}, "champion_since": {"type": ["string", "null"], "format": "date-time"}, "champion_set_by": {"type": ["string", "null"]},
            "challenger": {"type": ["string", "null"]}, "challenger_status": {"type": ["string", "null"]}, "challenger_since": {"type": ["string", "null"], "format": "date-time"}}},
    "ModelAliasChange": {
        "type": "object", "required": ["id", "model_version", "previous_version", "set_at", "set_by"],
        "properties": {"id": {"type": "integer"}, "model_version": {"type": ["string", "null"]}, "previous_version": {"type": ["string", "null"]},
            "set_at": {"type": "string", "format": "date-time"}, "set_by": {"type": "string"}, "reason": {"type": ["string", "null"]},
            "undoes": {"type": ["integer", "null"], "description": "A rollback: the change that it took back."}}},
    "ShadowComparison": {
        "type": "object", "required": ["champion", "challenger", "inputs", "agreement", "champion_alarms", "challenger_alarms", "modalities", "severities"],
        "properties": {"champion": {"type": "string"}, "challenger": {"type": "string"}, "start": {"type": "string", "format": "date-time"}, "end": {"type": "string", "format": "date-time"},
            "inputs": {"type": "integer", "description": "Inputs that both scored."}, "only_champion": {"type": "integer"}, "only_challenger": {"type": "integer"},
            "both_anomalous": {"type": "integer"}, "only_champion_anomalous": {"type": "integer"}, "only_challenger_anomalous": {"type": "integer"}, "both_calm": {"type": "integer"},
            "agreement": {"type": ["number", "null"]}, "kappa": {"type": ["number", "null"], "description": "Cohen's: agreement beyond chance."},
            "champion_alarms": {"type": "integer"}, "challenger_alarms": {"type": "integer"}, "modalities": {"type": "object"}, "severities": {"type": "object"},
            "champion_latency": {"type": "object"}, "challenger_latency": {"type": "object"},
            "first_input": {"type": ["string", "null"], "format": "date-time"}, "last_input": {"type": ["string", "null"], "format": "date-time"}}},
    "FeatureDrift": {
        "type": "object", "required": ["feature", "level", "psi", "mean_shift", "outside_share", "missing_share", "samples"],
        "properties": {"equipment_id": {"type": "string"}, "power": {"type": "string"}, "model_version": {"type": "string"}, "feature": {"type": "string"},
            "level": {"type": "string", "enum": ["none", "moderate", "major", "unknown"]}, "psi": {"type": ["number", "null"], "description": "Population stability index."},
            "mean_shift": {"type": ["number", "null"], "description": "In standard deviations of the reference."}, "outside_share": {"type": ["number", "null"]},
            "missing_share": {"type": ["number", "null"]}, "mean": {"type": ["number", "null"]}, "reference_mean": {"type": "number"}, "reference_spread": {"type": "number"},
            "samples": {"type": "integer"}, "predictions": {"type": "integer"}, "reference_source": {"type": "string", "enum": ["training", "learned"]}}},
    "ScoreDay": {
        "type": "object", "required": ["model_version", "stage", "modality", "day", "predictions", "anomaly_share"],
        "properties": {"equipment_id": {"type": "string"}, "power": {"type": "string"}, "model_version": {"type": "string"}, "stage": {"type": "string"},
            "modality": {"type": "string"}, "day": {"type": "string", "format": "date"}, "predictions": {"type": "integer"}, "anomaly_share": {"type": "number"},
            "median_score": {"type": ["number", "null"]}, "median_ratio": {"type": ["number", "null"]}, "p95_ratio": {"type": ["number", "null"]}, "max_ratio": {"type": ["number", "null"]},
            "first_week_median_ratio": {"type": ["number", "null"]}, "median_to_first_week": {"type": ["number", "null"]},
            "first_week_anomaly_share": {"type": ["number", "null"]}, "training_false_alarm_rate": {"type": ["number", "null"]}}},
    "ModelReference": {
        "type": "object", "required": ["equipment_id", "power", "model_version", "features"],
        "properties": {"equipment_id": {"type": "string"}, "power": {"type": "string"}, "model_version": {"type": "string"}, "features": {"type": "integer"}}},
    "ModelAlias": {
        "type": "object", "required": ["equipment_id", "power", "alias", "model_version"],
        "properties": {"equipment_id": {"type": "string"}, "power": {"type": "string"},
            "alias": {"type": "string", "enum": ["champion", "challenger"]}, "model_version": {"type": ["string", "null"]}}}
} $json$);

SELECT api.seed_routes('serve-ml', $json$ [
    {"method": "POST", "path": "/api/v1/serve-ml/predict", "handler": "predict", "role": "operator", "body_mode": "whole",
     "max_body_bytes": 4194304, "summary": "Score features with a serve_ml bundle", "request": "PredictBody", "answer": "PredictAnswer",
     "description":
         "One request, or an array of at most 1000 of them, whose predictions are stored in one transaction; what one of these fails for stands in its place. Chooses power and version where the request names none, scores the features, stores the prediction and raises alarms. A missing feature counts as 0 unless the request says missing: refuse; 422 names what is wrong; 404 says which bundles exist.",
     "idempotent": false, "errors": ["MW404"]},
    {"method": "POST", "path": "/api/v1/sensors/serve-ml/predict", "handler": "predict_bare", "role": "operator", "body_mode": "whole",
     "max_body_bytes": 262144, "summary": "Score bare features, ids in the query", "request": "Features", "answer": "Prediction",
     "description": "As POST /api/v1/serve-ml/predict, for clients that send the features as the whole body.", "idempotent": false, "errors": ["MW404"],
     "parameters": [
        {"name": "equipment_id", "required": true, "schema": {"type": "string"}}, {"name": "power", "schema": {"type": "string"}},
        {"name": "model_version", "schema": {"type": "string"}}, {"name": "force_xgb", "schema": {"type": "boolean"}},
        {"name": "missing", "schema": {"type": "string", "enum": ["zero", "refuse"], "default": "zero"}}]},
    {"method": "POST", "path": "/api/v1/serve-ml/features", "handler": "waveform_features", "role": "operator", "body_mode": "whole",
     "max_body_bytes": 4194304, "summary": "Compute features of waveforms", "request": "WaveformsRequest", "answer": "WaveformFeatures",
     "description": "The 63 features of three phase currents, the 21 of vibration, or all 84; with score, their prediction, stored with source waveform.",
     "idempotent": false, "errors": ["MW404"]},
    {"method": "GET", "path": "/api/v1/serve-ml/bundles", "function": "api.list_bundles", "role": "viewer", "summary": "List serve_ml bundles",
     "answer": "Bundles", "errors": ["MW404"]},
    {"method": "POST", "path": "/api/v1/serve-ml/sync", "handler": "sync", "role": "engineer", "timeout_ms": 120000,
     "summary": "Read the bundle folder again", "description": "Checks hashes, shapes and golden vectors of every bundle, swaps in what changed, and lists what was rejected with the reason.",
     "answer": "Sync", "idempotent": false},
    {"method": "GET", "path": "/api/v1/serve-ml/models", "function": "api.list_models", "role": "viewer", "summary": "List registered models",
     "answer": "page Model"},
    {"method": "PUT", "path": "/api/v1/serve-ml/models/{equipment_id}/{power}/{alias}", "function": "api.set_model_alias", "role": "engineer",
     "body_mode": "members", "summary": "Name the champion or the challenger", "answer": "ModelAlias", "errors": ["MW404", "MW409"]},
    {"method": "POST", "path": "/api/v1/serve-ml/models/{equipment_id}/{power}/{alias}/rollback", "function": "api.rollback_model_alias", "role": "engineer",
     "body_mode": "members", "summary": "Take the last change of champion or challenger back", "answer": "ModelAlias", "errors": ["MW409"]},
    {"method": "GET", "path": "/api/v1/serve-ml/models/{equipment_id}/{power}/{alias}/history", "function": "api.list_model_alias_history", "role": "viewer",
     "summary": "Who named which champion or challenger, when and why", "answer": "page ModelAliasChange"},
    {"method": "GET", "path": "/api/v1/serve-ml/models/{equipment_id}/{power}/versions/{model_version}", "function": "api.get_model", "role": "viewer",
     "summary": "One model version", "answer": "Model", "errors": ["MW404"]},
    {"method": "PATCH", "path": "/api/v1/serve-ml/models/{equipment_id}/{power}/versions/{model_version}", "function": "api.retire_model", "role": "engineer",
     "body_mode": "members", "summary": "Retire a model version, or put it back", "answer": "Model", "errors": ["MW404", "MW409"]},
    {"method": "POST", "path": "/api/v1/serve-ml/models/{equipment_id}/{power}/versions/{model_version}/reference", "function": "api.learn_model_reference",
     "role": "engineer", "body_mode": "members", "timeout_ms": 60000, "summary": "Learn what is normal for a model's features", "answer": "ModelReference", "errors": ["MW404", "MW409"]},
    {"method": "GET", "path": "/api/v1/serve-ml/serving", "function": "api.list_serving", "role": "viewer", "summary": "Which version answers for each machine", "answer": "page Serving"},
    {"method": "GET", "path": "/api/v1/serve-ml/shadow", "function": "api.compare_shadow", "role": "viewer", "timeout_ms": 60000,
     "summary": "Compare champion and challenger", "answer": "ShadowComparison", "errors": ["MW404"]},
    {"method": "GET", "path": "/api/v1/serve-ml/drift", "function": "api.list_feature_drift", "role": "viewer", "summary": "Drift of a model's features", "answer": "page FeatureDrift"},
    {"method": "GET", "path": "/api/v1/serve-ml/scores", "function": "api.list_score_trend", "role": "viewer", "summary": "Trend of a machine's scores", "answer": "page ScoreDay"}
] $json$);
