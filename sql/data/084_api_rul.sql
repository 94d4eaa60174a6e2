-- Remaining useful life: estimates, health, and RUL-lite.
SELECT api.seed_schemas('rul', $json$ {
    "RulLite": {
        "type": "object", "required": ["equipment_id", "power", "alarm", "ratio", "rul_pct", "step_decay",
          "step_recover"],
        "properties": {
            "equipment_id": {"type": "string"}, "power": {"type": "string"},
            "alarm": {"type": ["integer", "null"], "enum": [0, 1, null]},
            "ratio": {"type": ["number", "null"],
              "description": "Reading / threshold, the greater of current and vibration; null: no thresholds."},
            "rul_pct": {"type": ["number", "null"], "description": "What is left of the life, 0 to 100."},
            "step_decay": {"type": ["number", "null"], "description": "Units that the last reading took."},
            "step_recover": {"type": ["number", "null"], "description": "Units that it gave back."},
            "updated_at": {"type": ["string", "null"], "format": "date-time"}}},
    "RulReading": {
        "type": ["object", "null"],
        "properties": {
            "value": {"type": ["number", "null"]}}},
    "RulPredictRequest": {
        "type": "object", "required": ["device_id"],
        "properties": {
            "device_id": {"type": "string"},
            "sensor_data": {"type": "array", "maxItems": 1000, "items": {"type": "object", "properties": {
                "current": {"$ref": "#/components/schemas/RulReading"},
                  "vibration": {"$ref": "#/components/schemas/RulReading"},
                "temperature": {"$ref": "#/components/schemas/RulReading"}}}},
            "timestamp": {"type": ["string", "number", "null"], "description": "Readings are taken as of now."}},
        "example": {"device_id": "press-1", "sensor_data": [{"vibration": {"value": 1.2},
          "current": {"value": 5.1}}]}},
    "RulPredictAnswer": {
        "type": "object", "required": ["device_id", "rul_value", "confidence", "uncertainty", "predicted_at",
          "processing_time", "health_status"],
        "properties": {
            "device_id": {"type": "string"}, "rul_value": {"type": ["number", "null"],
              "description": "Hours; null: see reason."},
            "confidence": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
            "uncertainty": {"type": ["number", "null"],
              "description": "Half the width of the 80 % interval, in hours; null: the method states none."},
            "predicted_at": {"type": ["string", "null"], "format": "date-time"},
              "processing_time": {"type": "number", "description": "Seconds."},
            "health_status": {"type": ["string", "null"], "enum": ["good", "warning", "critical", null]},
            "lower": {"type": ["number", "null"]}, "upper": {"type": ["number", "null"]},
              "method": {"type": ["string", "null"]},
            "model_version": {"type": ["string", "null"]}, "reason": {"type": ["string", "null"]}}},
    "RulPredictions": {
        "type": "object", "required": ["predictions", "total", "page", "size"],
        "properties": {
            "predictions": {"type": "array", "items": {"type": "object",
                "required": ["id", "device_id", "prediction_time", "rul_value", "confidence", "uncertainty",
                  "created_at"],
                "properties": {
                    "id": {"type": "integer"}, "device_id": {"type": "string"},
                      "prediction_time": {"type": "string", "format": "date-time"},
                    "rul_value": {"type": "number", "description": "Hours."}, "confidence": {"type": ["number",
                      "null"]},
                    "uncertainty": {"type": ["number", "null"]}, "created_at": {"type": "string",
                      "format": "date-time"},
                    "lower": {"type": ["number", "null"]}, "upper": {"type": ["number", "null"]},
                      "method": {"type": "string"},
                    "power": {"type": "string"}, "model_version": {"type": "string"}, "basis": {"type": "object"}}}},
            "total": {"type": "integer"}, "page": {"type": "integer"}, "size": {"type": "integer"}}},
    "RulHealth": {
        "type": "object", "required": ["device_id", "current_rul", "health_percentage", "status",
          "last_maintenance_recommendation", "confidence", "updated_at"],
        "properties": {
            "device_id": {"type": "string"}, "current_rul": {"type": ["number", "null"], "description": "Hours."},
            "health_percentage": {"type": ["number", "null"],
              "description": "Part of the life that is left; null: not known."},
            "status": {"type": ["string", "null"], "enum": ["good", "warning", "critical", null]},
            "last_maintenance_recommendation": {"type": ["string", "null"], "format": "date-time",
              "description": "By when to act."},
            "confidence": {"type": ["number", "null"]}, "updated_at": {"type": ["string", "null"],
              "format": "date-time"},
            "lower": {"type": ["number", "null"]}, "upper": {"type": ["number", "null"]},
              "method": {"type": ["string", "null"]},
            "model_version": {"type": ["string", "null"]}}},
    "RulFleet": {
        "type": "object", "required": ["devices", "total_devices", "healthy_devices", "warning_devices",
          "critical_devices"],
        "properties": {
            "devices": {"type": "array", "items": {"$ref": "#/components/schemas/RulHealth"}},
              "total_devices": {"type": "integer"},
            "healthy_devices": {"type": "integer"}, "warning_devices": {"type": "integer"},
              "critical_devices": {"type": "integer"},
            "page": {"type": "integer"}, "size": {"type": "integer"}}},
    "RulStats": {
        "type": "object", "required": ["total_predictions", "average_rul", "min_rul", "max_rul",
          "prediction_accuracy"],
        "properties": {
            "start_time": {"type": "string", "format": "date-time"}, "end_time": {"type": "string",
              "format": "date-time"},
            "total_predictions": {"type": "integer"}, "average_rul": {"type": ["number", "null"]},
              "min_rul": {"type": ["number", "null"]},
            "max_rul": {"type": ["number", "null"]},
            "prediction_accuracy": {"type": ["number", "null"], "minimum": 0, "maximum": 1,
              "description": "Alpha-lambda accuracy of the lives that ended by failure; null: none did."},
            "judged": {"type": "object", "description": "Against lives that ended in that time; hours.", "properties": {
                "lives": {"type": "integer"}, "censored_lives": {"type": "integer"}, "estimates": {"type": "integer"},
                "rmse": {"type": ["number", "null"]}, "mae": {"type": ["number", "null"]},
                "bias": {"type": ["number", "null"]}, "coverage": {"type": ["number", "null"]}}},
            "by_method": {"type": "object"}}}
} $json$);

SELECT api.seed_routes('rul', $json$ [
    {"method": "POST", "path": "/api/v1/rul/ingest", "function": "api.ingest_rul", "role": "operator",
      "body_mode": "members",
     "summary": "A reading for RUL-lite", "answer": "RulLite", "errors": ["MW404"]},
    {"method": "GET", "path": "/api/v1/rul/status", "function": "api.get_rul_status", "role": "viewer",
     "summary": "RUL-lite's state of a machine", "answer": "RulLite", "errors": ["MW404"]},
    {"method": "POST", "path": "/api/v1/rul/predict", "function": "api.predict_rul", "role": "operator",
      "body_argument": "body",
     "summary": "What is left of a machine", "request": "RulPredictRequest", "answer": "RulPredictAnswer",
       "errors": ["MW404"]},
    {"method": "GET", "path": "/api/v1/rul/predictions", "function": "api.list_rul_predictions", "role": "viewer",
     "summary": "List estimates of remaining life", "answer": "RulPredictions"},
    {"method": "GET", "path": "/api/v1/rul/health", "function": "api.list_rul_health", "role": "viewer",
     "summary": "Machines by remaining life", "answer": "RulFleet"},
    {"method": "GET", "path": "/api/v1/rul/health/{device_id}", "function": "api.get_rul_health", "role": "viewer",
     "summary": "Health of one machine by its remaining life", "answer": "RulHealth", "errors": ["MW404"]},
    {"method": "GET", "path": "/api/v1/rul/stats", "function": "api.get_rul_stats", "role": "viewer",
      "timeout_ms": 60000,
     "summary": "Estimates of remaining life in figures", "answer": "RulStats"}
] $json$);
