SELECT api.seed_schemas('telemetry', $json$ {
    "SensorDataPoint": {
        "type": "object", "required": ["time", "device_id", "sensor", "sensor_type", "value", "unit"],
        "description": "A point (bucket raw), or the aggregate of one bucket, where time is its start and value its mean.",
        "properties": {
            "time": {"type": "string", "format": "date-time"}, "device_id": {"type": "string"}, "sensor": {"type": "string"},
            "sensor_type": {"type": "string"}, "value": {"type": "number"}, "unit": {"type": ["string", "null"]},
            "quality": {"type": "integer", "enum": [0, 1, 2], "description": "0 good, 1 uncertain, 2 bad."},
            "type": {"type": "string",
                "description":
                "The sensor's type. sensor_type is what the original system calls the sensor (x, y, z, vibe), unless a type was asked for."},
            "created_at": {"type": "string", "format": "date-time",
                "description":
                "Of a list the point's time: when it was written is not kept. Of the latest point when it arrived."},
            "count": {"type": "integer"}, "min": {"type": "number"}, "max": {"type": "number"}, "mean": {"type": "number"},
            "stddev": {"type": ["number", "null"]}, "first": {"type": "number"}, "last": {"type": "number"},
            "from": {"type": "string", "format": "date-time", "description": "Where the range begins within the bucket: only what is later counts."},
            "to": {"type": "string", "format": "date-time", "description": "Where the range ends within the bucket: only what is earlier counts."}},
        "example": {"time": "2026-11-23T08:00:00.000000Z", "device_id": "press-1", "sensor": "vibration", "sensor_type": "vibration", "value": 2.31, "unit": "mm/s", "quality": 0}},
    "SensorData": {
        "type": "object", "required": ["data", "total", "total_is_estimate", "device_id", "sensor_type", "bucket", "time_zone", "start_time", "end_time", "next_cursor"],
        "properties": {
            "data": {"type": "array", "items": {"$ref": "#/components/schemas/SensorDataPoint"}},
            "total": {"type": ["integer", "null"], "description": "Points or buckets in the whole range; null where count is none and there are more pages."},
            "total_is_estimate": {"type": "boolean", "description": "Counting them all would have cost more than the page: count=exact does."},
            "device_id": {"type": "string"}, "sensor_type": {"type": ["string", "null"]},
            "bucket": {"type": "string", "enum": ["raw", "1m", "1h", "1d", "1w", "1mo"]},
            "time_zone": {"type": "string", "description": "Zone in which days, weeks and months begin."},
            "start_time": {"type": "string", "format": "date-time"}, "end_time": {"type": "string", "format": "date-time"},
            "next_cursor": {"type": ["string", "null"]}}},
    "LatestSensorData": {
        "type": "object", "required": ["time", "device_id", "sensor", "sensor_type", "value", "unit", "quality", "sensors"],
        "properties": {
            "time": {"type": "string", "format": "date-time"}, "device_id": {"type": "string"}, "sensor": {"type": "string"},
            "sensor_type": {"type": "string"}, "value": {"type": "number"}, "unit": {"type": ["string", "null"]},
                "quality": {"type": "integer"}, "type": {"type": "string"},
            "created_at": {"type": "string", "format": "date-time"}, "sensors": {"type": "array",
                "items": {"$ref": "#/components/schemas/SensorDataPoint"}}}},
    "NewPoint": {
        "type": "object", "required": ["device_id", "sensor_type", "value"],
        "properties": {
            "device_id": {"type": "string", "pattern": "^(?!_)\\w[\\w.:-]{0,63}$"}, "sensor_type": {"type": "string", "minLength": 1, "maxLength": 64},
            "sensor": {"type": ["string", "null"], "maxLength": 128, "description": "Name of the signal; default: the type."},
            "value": {"type": ["number", "boolean"], "description": "true and false are 1 and 0, for sensors of a binary type (ingest.binary_type)."},
            "unit": {"type": ["string", "null"], "maxLength": 32,
                "description": "Unit of the value, in any usual spelling: it is converted into the sensor's, or refused (unit_mismatch). Default: the sensor's."},
            "time": {"type": ["string", "number", "null"],
                "description": "ISO 8601 (without an offset: in the setting ingest.time_zone), or seconds or milliseconds since 1970. Default: now."}},
        "example": {"device_id": "press-1", "sensor_type": "vibration", "value": 2.31, "unit": "mm/s", "time": "2026-11-23T08:00:00Z"}},
    "NewPoints": {
        "description": "One point, or an array of up to 10,000.",
        "oneOf": [{"$ref": "#/components/schemas/NewPoint"},
            {"type": "array", "items": {"$ref": "#/components/schemas/NewPoint"}, "minItems": 1, "maxItems": 10000}]},
    "SensorDataCount": {
        "type": "object", "required": ["device_id", "sensor_type", "sensor", "count", "start_time", "end_time"],
        "properties": {"device_id": {"type": "string"}, "sensor_type": {"type": ["string", "null"]},
            "sensor": {"type": ["string", "null"]},
            "count": {"type": "integer"}, "start_time": {"type": ["string", "null"], "format": "date-time",
                "description": "null: from the first point."},
            "end_time": {"type": "string", "format": "date-time"}}},
    "StoredPoints": {
        "type": "object", "required": ["stored", "duplicates", "historical", "message"],
        "properties": {
            "message": {"type": "string", "description": "The figures in words."},
            "stored": {"type": "integer"}, "duplicates": {"type": "integer", "description": "Were there already; nothing changed."},
            "historical": {"type": "integer", "description": "Of those stored: so old that they fired no live alarm."},
            "same_time": {"type": "integer", "description": "Where there are any. Of those stored: the sensor had another value at that time, and both are kept, microseconds apart."},
            "replaced": {"type": "integer", "description": "Where there are any: took the place of another value at that time (setting ingest.same_time)."},
            "no_value": {"type": "integer", "description": "Stand for \"no value\" at their sensor (ingest.no_value): counted, not stored."}}},
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
        {"name": "bucket", "schema": {"type": "string", "enum": ["raw", "1m", "1h", "1d", "1w", "1mo"]}},
        {"name": "time_zone", "description": "Zone in which days, weeks and months begin, such as Asia/Seoul. Default: the setting plant.time_zone."},
        {"name": "count", "schema": {"type": "string", "enum": ["exact", "estimated", "none"]},
         "description": "How total is counted. Default: estimated, which is exact where that is cheap."},
        {"name": "limit", "schema": {"type": "integer", "minimum": 1, "maximum": 10000, "default": 1000}},
        {"name": "order", "schema": {"type": "string", "enum": ["desc", "asc"], "default": "desc"},
            "description": "desc: newest first."},
        {"name": "skip", "schema": {"type": "integer", "minimum": 0, "maximum": 100000, "default": 0}},
        {"name": "sensor_type",
            "description": "A type (current, vibration), or what the original system calls a sensor: x, y, z, vibe."}]},
    {"method": "GET", "path": "/api/v1/sensors/data/{device_id}/count", "function": "api.count_sensor_data",
        "role": "viewer",
     "summary": "Count the points of an equipment", "answer": "SensorDataCount", "tags": ["sensor data"],
         "timeout_ms": 30000,
     "parameters": [{"name": "start", "description": "Inclusive. Default: from the first point."}, {"name": "end",
         "description": "Exclusive. Default: now."}]},
    {"method": "GET", "path": "/api/v1/sensors/data/{device_id}/latest", "function": "api.get_latest_sensor_data", "role": "viewer",
     "summary": "Read the latest point of an equipment", "answer": "LatestSensorData", "tags": ["sensor data"]},
    {"method": "POST", "path": "/api/v1/sensors/data", "function": "api.store_sensor_data", "role": "operator",
     "body_argument": "body", "max_body_bytes": 4194304, "timeout_ms": 30000, "summary": "Store points", "request": "NewPoints",
     "answer": "StoredPoints", "tags": ["sensor data"]},
    {"method": "GET", "path": "/api/v1/quarantine", "function": "api.list_quarantine", "role": "engineer",
     "summary": "List messages that could not be stored", "answer": "page Quarantined", "tags": ["administration"]},
    {"method": "POST", "path": "/api/v1/quarantine/replay", "function": "api.replay_quarantine", "role": "engineer", "body_mode": "members",
     "timeout_ms": 60000, "summary": "Decode quarantined messages again", "answer": "Replay", "tags": ["administration"]}
] $json$);
