SELECT api.seed_schemas('telemetry', $json$ {
    "SensorDataPoint": {
        "type": "object", "required": ["time", "device_id", "sensor", "sensor_type", "value", "unit"],
        "description": "A point (bucket raw), or the aggregate of one bucket, where time is its start and value its mean.",
        "properties": {
            "time": {"type": "string", "format": "date-time"}, "device_id": {"type": "string"}, "sensor": {"type": "string"},
            "sensor_type": {"type": "string"}, "value": {"type": "number"}, "unit": {"type": ["string", "null"]},
            "quality": {"type": "integer", "enum": [0, 1, 2], "description": "0 good, 1 uncertain, 2 bad."},
            "count": {"type": "integer"}, "min": {"type": "number"}, "max": {"type": "number"}, "mean": {"type": "number"},
            "stddev": {"type": ["number", "null"]}, "first": {"type": "number"}, "last": {"type": "number"}},
        "example": {"time": "2026-11-23T08:00:00.000000Z", "device_id": "press-1", "sensor": "vibration", "sensor_type": "vibration", "value": 2.31, "unit": "mm/s", "quality": 0}},
    "SensorData": {
        "type": "object", "required": ["data", "total", "device_id", "sensor_type", "bucket", "start_time", "end_time", "next_cursor"],
        "properties": {
            "data": {"type": "array", "items": {"$ref": "#/components/schemas/SensorDataPoint"}},
            "total": {"type": "integer", "description": "Points or buckets in the whole range."}, "device_id": {"type": "string"},
            "sensor_type": {"type": ["string", "null"]}, "bucket": {"type": "string", "enum": ["raw", "1m", "1h", "1d"]},
            "start_time": {"type": "string", "format": "date-time"}, "end_time": {"type": "string", "format": "date-time"},
            "next_cursor": {"type": ["string", "null"]}}},
    "LatestSensorData": {
        "type": "object", "required": ["time", "device_id", "sensor", "sensor_type", "value", "unit", "quality", "sensors"],
        "properties": {
            "time": {"type": "string", "format": "date-time"}, "device_id": {"type": "string"}, "sensor": {"type": "string"},
            "sensor_type": {"type": "string"}, "value": {"type": "number"}, "unit": {"type": ["string", "null"]}, "quality": {"type": "integer"},
            "sensors": {"type": "array", "items": {"$ref": "#/components/schemas/SensorDataPoint"}}}},
    "NewPoint": {
        "type": "object", "required": ["device_id", "sensor_type", "value"],
        "properties": {
            "device_id": {"type": "string", "pattern": "^(?!_)\\w[\\w.:-]{0,63}$"}, "sensor_type": {"type": "string", "minLength": 1, "maxLength": 64},
            "sensor": {"type": ["string", "null"], "maxLength": 128, "description": "Name of the signal; default: the type."},
            "value": {"type": "number"}, "unit": {"type": ["string", "null"], "maxLength": 32},
            "time": {"type": ["string", "null"], "format": "date-time", "description": "Default: now."}},
        "example": {"device_id": "press-1", "sensor_type": "vibration", "value": 2.31, "unit": "mm/s", "time": "2026-11-23T08:00:00Z"}},
    "NewPoints": {
        "description": "One point, or an array of up to 10,000.",
        "oneOf": [{"$ref": "#/components/schemas/NewPoint"},
            {"type": "array", "items": {"$ref": "#/components/schemas/NewPoint"}, "minItems": 1, "maxItems": 10000}]},
    "StoredPoints": {
        "type": "object", "required": ["stored", "duplicates", "historical"],
        "properties": {
            "stored": {"type": "integer"}, "duplicates": {"type": "integer", "description": "Were there already; nothing changed."},
            "historical": {"type": "integer", "description": "Of those stored: so old that they fired no live alarm."}}},
    "Quarantined": {
        "type": "object", "required": ["id", "topic", "reason", "detail", "received_at", "repeated", "status", "payload", "payload_bytes"],
        "properties": {
            "id": {"type": "integer"}, "topic": {"type": "string"}, "reason": {"type": "string"}, "detail": {"type": ["string", "null"]},
            "received_at": {"type": "string", "format": "date-time"}, "repeated": {"type": "integer"}, "status": {"type": "string"},
            "payload": {"type": ["string", "null"]}, "payload_bytes": {"type": ["integer", "null"]}}},
    "Replay": {
        "type": "object", "required": ["messages", "stored", "quarantined"],
        "properties": {"messages": {"type": "integer"}, "stored": {"type": "integer"}, "quarantined": {"type": "integer"}}}
} $json$);

SELECT api.seed_routes('telemetry', $json$ [
    {"method": "GET", "path": "/api/v1/sensors/data/{device_id}", "function": "api.list_sensor_data", "role": "viewer",
     "summary": "Read the points of an equipment", "answer": "SensorData", "tags": ["sensor data"], "timeout_ms": 30000,
     "parameters": [
        {"name": "start", "description": "Inclusive. Default: 24 hours before end."}, {"name": "end", "description": "Exclusive. Default: now."},
        {"name": "bucket", "schema": {"type": "string", "enum": ["raw", "1m", "1h", "1d"]}}]},
    {"method": "GET", "path": "/api/v1/sensors/data/{device_id}/latest", "function": "api.get_latest_sensor_data", "role": "viewer",
     "summary": "Read the latest point of an equipment", "answer": "LatestSensorData", "tags": ["sensor data"]},
    {"method": "POST", "path": "/api/v1/sensors/data", "function": "api.store_sensor_data", "role": "operator", "status": 201,
     "body_argument": "body", "max_body_bytes": 4194304, "timeout_ms": 30000, "summary": "Store points", "request": "NewPoints",
     "answer": "StoredPoints", "tags": ["sensor data"]},
    {"method": "GET", "path": "/api/v1/quarantine", "function": "api.list_quarantine", "role": "engineer",
     "summary": "List messages that could not be stored", "answer": "page Quarantined", "tags": ["administration"]},
    {"method": "POST", "path": "/api/v1/quarantine/replay", "function": "api.replay_quarantine", "role": "engineer", "body_mode": "members",
     "timeout_ms": 60000, "summary": "Decode quarantined messages again", "answer": "Replay", "tags": ["administration"]}
] $json$);
