WITH members AS (
    SELECT $json$ {
        "name": {"type": "string", "readOnly": true}, "enabled": {"type": "boolean"},
        "high": {"type": ["number", "null"], "description": "Raised from this value on, in unit; null: no limit."},
        "high_high": {"type": ["number", "null"], "description": "From this value on it has severity_high_high."},
        "deadband": {"type": "number", "minimum": 0}, "unit": {"type": ["string", "null"], "readOnly": true},
        "severity": {"type": "string"}, "severity_high_high": {"type": ["string", "null"]},
        "on_delay": {"type": ["string", "number"], "format": "duration", "minimum": 0, "description": "How long the value must stay at or above the limit."},
        "off_delay": {"type": ["string", "number"], "format": "duration", "minimum": 0},
        "period": {"type": ["string", "number", "null"], "format": "duration", "minimum": 1, "description": "What is looked back on, where something is counted."},
        "minimum": {"type": ["number", "null"], "minimum": 0, "description": "A share is judged only where at least so much was seen."},
        "every": {"type": ["string", "number", "null"], "format": "duration", "minimum": 1, "description": "How often it is measured; null: where it happens."},
        "degrades_health": {"type": "boolean", "description": "Whether GET /health is degraded meanwhile."},
        "description": {"type": "string", "readOnly": true},
        "updated_at": {"type": "string", "format": "date-time", "readOnly": true}, "updated_by": {"type": "string", "readOnly": true},
        "measured_at": {"type": ["string", "null"], "format": "date-time", "readOnly": true},
        "error": {"type": ["string", "null"], "readOnly": true, "description": "Why it could not be measured."},
        "failures": {"type": "array", "readOnly": true, "items": {"type": "object", "required": ["object", "level", "value", "limit", "since", "alarm_id"],
            "properties": {"object": {"type": "string"}, "level": {"type": "string"}, "value": {"type": ["number", "null"]}, "limit": {"type": ["number", "null"]},
                "since": {"type": "string", "format": "date-time"}, "alarm_id": {"type": ["integer", "null"], "description": "null: the on_delay is not over."}}}}
    } $json$::jsonb AS condition
)
SELECT api.seed_schemas('system', jsonb_build_object(
    'SystemCondition', jsonb_build_object('type', 'object', 'properties', condition, 'required', (SELECT jsonb_agg(k ORDER BY k) FROM jsonb_object_keys(condition) AS k)),
    'SystemConditionUpdate', jsonb_build_object('type', 'object', 'properties', condition, 'additionalProperties', false,
        'example', '{"high": 60, "severity": "high"}'::jsonb)))
FROM members;

SELECT api.seed_routes('system', $json$ [
    {"method": "GET", "path": "/api/v1/alerts/system-conditions", "function": "api.list_system_conditions", "role": "viewer", "summary": "List system conditions",
     "answer": "page SystemCondition", "tags": ["alerts"]},
    {"method": "PATCH", "path": "/api/v1/alerts/system-conditions/{name}", "function": "api.update_system_condition", "role": "engineer", "body_argument": "body",
     "summary": "Change a system condition", "request": "SystemConditionUpdate", "answer": "SystemCondition", "tags": ["alerts"]}
] $json$);
