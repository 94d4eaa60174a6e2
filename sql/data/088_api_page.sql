-- What the operator's page (web/) asks for besides: the plant at a glance, limits to draw, severities to sort by, what people wrote.
SELECT api.seed_schemas('page', $json$ {
    "Severity": {
        "type": "object", "required": ["name", "rank", "colour"],
        "properties": {"name": {"type": "string"}, "rank": {"type": "integer", "description": "The greater, the worse."},
            "colour": {"type": "string", "pattern": "^#[0-9a-f]{6}$"}}},
    "Words": {
        "type": "object", "description": "Code of a language to keys such as severity.high and what they are called.",
        "additionalProperties": {"type": "object", "additionalProperties": {"type": "string"}},
        "example": {"en": {"severity.high": "high"}, "ko": {"severity.high": "높음"}}},
    "AlertComment": {
        "type": "object", "required": ["alarm_id", "rule", "sensor", "kind", "time", "actor", "comment"],
        "properties": {"alarm_id": {"type": "integer"}, "rule": {"type": "string"}, "sensor": {"type": ["string", "null"]}, "kind": {"type": "string"},
            "time": {"type": "string", "format": "date-time"}, "actor": {"type": "string"}, "comment": {"type": "string"}}},
    "EquipmentLimit": {
        "type": "object", "required": ["sensor", "sensor_id", "unit", "rule", "rule_id", "condition", "in_unit", "low_low", "low", "high", "high_high", "deadband"],
        "properties": {"sensor": {"type": "string"}, "sensor_id": {"type": "integer"}, "unit": {"type": ["string", "null"]}, "rule": {"type": "string"},
            "rule_id": {"type": "integer"}, "condition": {"type": "string"},
            "in_unit": {"type": "boolean", "description": "The limits are in the sensor's unit; else they are of what the condition derives."},
            "low_low": {"type": ["number", "null"]}, "low": {"type": ["number", "null"]}, "high": {"type": ["number", "null"]},
            "high_high": {"type": ["number", "null"]}, "deadband": {"type": "number"}}},
    "PlantOverview": {
        "type": "object", "required": ["time", "trend_start", "notification_seq", "items", "next_cursor"],
        "properties": {
            "time": {"type": "string", "format": "date-time", "description": "The server's clock."},
            "trend_start": {"type": ["string", "null"], "format": "date-time", "description": "The minute of the first value of each trend."},
            "notification_seq": {"type": ["integer", "null"], "description": "Of the newest notification."},
            "next_cursor": {"type": ["string", "null"]},
            "items": {"type": "array", "items": {
                "type": "object",
                "required": ["id", "name", "type", "location", "status", "criticality", "state", "worst_severity", "active_alarms", "unacknowledged_alarms",
                    "held_alarms", "last_value_at", "next_maintenance", "last_prediction", "sensors"],
                "properties": {
                    "id": {"type": "string"}, "name": {"type": "string"}, "type": {"type": "string"}, "location": {"type": ["string", "null"]},
                    "status": {"type": "string"}, "criticality": {"type": "string"},
                    "state": {"type": "string", "enum": ["maintenance", "alarm", "silent", "anomaly", "normal"]},
                    "worst_severity": {"type": ["string", "null"]}, "active_alarms": {"type": "integer"}, "unacknowledged_alarms": {"type": "integer"},
                    "held_alarms": {"type": "integer", "description": "Shelved, suppressed or out of service: in none of the other figures."},
                    "last_value_at": {"type": ["string", "null"], "format": "date-time"}, "next_maintenance": {"type": ["string", "null"], "format": "date-time"},
                    "last_prediction": {"type": ["object", "null"], "description": "The newest of the last hour.", "required": ["time", "is_anomaly", "confidence", "severity"],
                        "properties": {"time": {"type": "string", "format": "date-time"}, "is_anomaly": {"type": "boolean"}, "confidence": {"type": "number"},
                            "severity": {"type": ["string", "null"]}}},
                    "sensors": {"type": "array", "items": {
                        "type": "object", "required": ["sensor", "sensor_id", "sensor_type", "unit", "time", "value", "quality", "is_out_of_range"],
                        "properties": {"sensor": {"type": "string"}, "sensor_id": {"type": "integer"}, "sensor_type": {"type": "string"},
                            "unit": {"type": ["string", "null"]}, "time": {"type": ["string", "null"], "format": "date-time"}, "value": {"type": ["number", "null"]},
                            "quality": {"type": ["integer", "null"]}, "is_out_of_range": {"type": "boolean"},
                            "trend": {"type": "array", "items": {"type": ["number", "null"]}}}}}}}}}}
} $json$);

SELECT api.seed_routes('page', $json$ [
    {"method": "GET", "path": "/api/v1/plant/overview", "function": "api.list_plant_overview", "role": "viewer", "summary": "The plant at a glance",
     "answer": "PlantOverview", "tags": ["equipment"],
     "parameters": [{"name": "trend_minutes", "schema": {"type": "integer", "minimum": 0, "maximum": 240}}]},
    {"method": "GET", "path": "/api/v1/equipment/{id}/limits", "function": "api.list_equipment_limits", "role": "viewer",
     "summary": "Limits of the alarm rules on an equipment's sensors", "answer": "page EquipmentLimit", "tags": ["equipment"]},
    {"method": "GET", "path": "/api/v1/alerts/severities", "function": "api.list_severities", "role": "viewer", "summary": "List severities",
     "answer": "page Severity", "tags": ["alerts"]},
    {"method": "GET", "path": "/api/v1/words", "function": "api.list_words", "role": "viewer", "summary": "What codes are called", "answer": "Words",
     "tags": ["notifications"]},
    {"method": "GET", "path": "/api/v1/alerts/comments", "function": "api.list_alert_comments", "role": "viewer",
     "summary": "List what people wrote to an equipment's alarms", "answer": "page AlertComment", "tags": ["alerts"]}
] $json$);

INSERT INTO ops.setting (name, value, description, unit) VALUES
    ('report.silent_after', '"5 minutes"', 'A machine that sent nothing for this long is shown as silent.', 'interval')
ON CONFLICT (name) DO NOTHING;
