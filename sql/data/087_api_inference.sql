-- Open Inference Protocol V2, as KServe and Triton clients speak it. Its names and shapes are the protocol's, not ours.
SELECT api.seed_schemas('inference', $json$ {
    "InferenceServer": {
        "type": "object", "required": ["name", "version", "extensions"],
        "properties": {"name": {"type": "string"}, "version": {"type": "string"}, "extensions": {"type": "array", "items": {"type": "string"}}}},
    "InferenceLive": {"type": "object", "required": ["live"], "properties": {"live": {"type": "boolean"}}},
    "InferenceReady": {"type": "object", "required": ["ready"], "properties": {"name": {"type": "string"}, "ready": {"type": "boolean"}}},
    "InferenceTensor": {
        "type": "object", "required": ["name", "datatype", "shape"],
        "properties": {
            "name": {"type": "string"}, "datatype": {"type": "string"},
            "shape": {"type": "array", "items": {"type": "integer"}, "description": "-1: any number of rows."},
            "parameters": {"type": "object", "description": "columns: what the columns of a row are. binary_data_size: the numbers are bytes behind the JSON, which Inference-Header-Content-Length measures. binary_data: so wanted."},
            "data": {"type": "array", "items": {}, "description": "Row by row, nested or not."}}},
    "InferenceModel": {
        "type": "object", "required": ["name", "platform", "inputs", "outputs"],
        "properties": {
            "name": {"type": "string", "description": "equipment:power"}, "versions": {"type": "array", "items": {"type": "string"}},
            "platform": {"type": "string"}, "inputs": {"type": "array", "items": {"$ref": "#/components/schemas/InferenceTensor"}},
            "outputs": {"type": "array", "items": {"$ref": "#/components/schemas/InferenceTensor"}}, "parameters": {"type": "object"}}},
    "InferenceRequest": {
        "type": "object", "required": ["inputs"],
        "description": "One tensor [n, features] in the order of the model's metadata, or one tensor [n] for each feature, by its name. At most 1000 rows.",
        "properties": {
            "id": {"type": "string"}, "inputs": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/InferenceTensor"}},
            "outputs": {"type": "array", "items": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}},
            "parameters": {"type": "object", "description": "force_xgb: run the fault classifier although the gate did not open."}}},
    "InferenceAnswer": {
        "type": "object", "required": ["model_name", "outputs"],
        "description": "Outputs: scores [n, modalities], is_anomaly [n], confidence [n], and, where the bundle has a fault model, probabilities [n, classes]: all zero in rows for which the classifier did not run.",
        "properties": {
            "model_name": {"type": "string"}, "model_version": {"type": "string"}, "id": {"type": "string"}, "parameters": {"type": "object"},
            "outputs": {"type": "array", "items": {"$ref": "#/components/schemas/InferenceTensor"}}}}
} $json$);

SELECT api.seed_routes('inference', $json$ [
    {"method": "GET", "path": "/v2", "handler": "v2_server", "role": "anonymous", "summary": "Name and version of this server", "answer": "InferenceServer"},
    {"method": "GET", "path": "/v2/health/live", "handler": "v2_live", "role": "anonymous", "summary": "Whether this process lives",
     "description": "For a liveness probe: also with the database away.", "answer": "InferenceLive"},
    {"method": "GET", "path": "/v2/health/ready", "handler": "v2_ready", "role": "anonymous", "summary": "Whether models can be asked", "answer": "InferenceReady"},
    {"method": "GET", "path": "/v2/models/{model_name}", "handler": "v2_model", "role": "viewer", "summary": "Inputs, outputs and versions of a model",
     "answer": "InferenceModel", "parameters": [{"name": "model_name", "required": true, "schema": {"type": "string"}, "description": "equipment:power"}]},
    {"method": "GET", "path": "/v2/models/{model_name}/versions/{model_version}", "handler": "v2_model_version", "role": "viewer",
     "summary": "Inputs and outputs of one version", "answer": "InferenceModel",
     "parameters": [{"name": "model_name", "required": true, "schema": {"type": "string"}, "description": "equipment:power"},
        {"name": "model_version", "required": true, "schema": {"type": "string"}}]},
    {"method": "GET", "path": "/v2/models/{model_name}/ready", "handler": "v2_model_ready", "role": "viewer", "summary": "Whether a model can be asked",
     "answer": "InferenceReady", "parameters": [{"name": "model_name", "required": true, "schema": {"type": "string"}, "description": "equipment:power"}]},
    {"method": "GET", "path": "/v2/models/{model_name}/versions/{model_version}/ready", "handler": "v2_model_version_ready", "role": "viewer",
     "summary": "Whether one version can be asked", "answer": "InferenceReady",
     "parameters": [{"name": "model_name", "required": true, "schema": {"type": "string"}, "description": "equipment:power"},
        {"name": "model_version", "required": true, "schema": {"type": "string"}}]},
    {"method": "POST", "path": "/v2/models/{model_name}/infer", "handler": "v2_infer", "role": "operator", "body_mode": "whole",
     "max_body_bytes": 4194304, "summary": "Score tensors", "request": "InferenceRequest", "answer": "InferenceAnswer", "idempotent": false,
     "description": "The champion's predictions, stored as those of POST /api/v1/serve-ml/predict, all rows in one transaction; nothing is stored where one row cannot be scored. Errors have a member error.",
     "parameters": [{"name": "model_name", "required": true, "schema": {"type": "string"}, "description": "equipment:power"}]},
    {"method": "POST", "path": "/v2/models/{model_name}/versions/{model_version}/infer", "handler": "v2_infer_version", "role": "operator", "body_mode": "whole",
     "max_body_bytes": 4194304, "summary": "Score tensors with one version", "request": "InferenceRequest", "answer": "InferenceAnswer", "idempotent": false,
     "description": "As without a version. A version that is not the champion raises no alarms.",
     "parameters": [{"name": "model_name", "required": true, "schema": {"type": "string"}, "description": "equipment:power"},
        {"name": "model_version", "required": true, "schema": {"type": "string"}}]}
] $json$);
