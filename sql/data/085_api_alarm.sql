WITH members AS (
    SELECT $json$ {
        "id": {"type": "integer", "readOnly": true},
        "name": {"type": "string", "minLength": 1, "maxLength": 200},
        "description": {"type": ["string", "null"], "maxLength": 4000},
        "owner": {"type": ["string", "null"], "maxLength": 200},
        "enabled": {"type": "boolean", "default": true},
        "low_low": {"type": ["number", "null"]}, "low": {"type": ["number", "null"]}, "high": {"type": ["number", "null"]},
        "high_high": {"type": ["number", "null"]},
        "deadband": {"type": "number", "minimum": 0, "default": 0, "description": "Distance back from a limit before it counts as left, in the limits' unit."},
        "severity": {"type": "string", "default": "medium"}, "severity_low_low": {"type": ["string", "null"]},
        "severity_low": {"type": ["string", "null"]}, "severity_high": {"type": ["string", "null"]}, "severity_high_high": {"type": ["string", "null"]},
        "on_delay": {"type": ["string", "number"], "format": "duration", "minimum": 0, "default": "PT0S", "description": "How long the value must stay beyond the limit."},
        "off_delay": {"type": ["string", "number"], "format": "duration", "minimum": 0, "default": "PT0S", "description": "How long the value must stay back."},
        "re_alarm": {"type": ["string", "number", "null"], "format": "duration", "minimum": 1}, "escalate_after": {"type": ["string", "number", "null"], "format": "duration", "minimum": 1},
        "escalate_to": {"type": ["string", "null"]}, "latched": {"type": "boolean", "default": false},
        "chatter_count": {"type": ["integer", "null"], "minimum": 2, "maximum": 100, "default": 5},
        "chatter_window": {"type": ["string", "number"], "format": "duration", "minimum": 0, "default": "PT1M"},
        "chatter_quiet": {"type": ["string", "number"], "format": "duration", "minimum": 0, "default": "PT5M"},
        "parameters": {"type": "object", "default": {}, "description": "What the derived conditions need (docs/alarms.md)."},
        "select_equipment": {"$ref": "#/components/schemas/Selection"}, "select_equipment_type": {"$ref": "#/components/schemas/Selection"},
        "select_location": {"$ref": "#/components/schemas/Selection"}, "select_tags": {"$ref": "#/components/schemas/Selection"},
        "select_sensor": {"$ref": "#/components/schemas/Selection"}, "select_sensor_type": {"$ref": "#/components/schemas/Selection"},
        "family": {"type": ["string", "null"], "minLength": 1, "maxLength": 200}, "parent_rule": {"type": ["integer", "null"]},
        "message": {"type": ["object", "null"], "additionalProperties": {"type": "string", "maxLength": 2000}, "description": "Own text per language, ko and en."},
        "notify": {"type": ["array", "null"], "items": {"type": "string"}, "description": "Transitions that are told to WebSocket clients and channels; null: the usual ones and those that a route names."},
        "version": {"type": "integer", "readOnly": true},
        "created_at": {"type": "string", "format": "date-time", "readOnly": true},
        "updated_at": {"type": "string", "format": "date-time", "readOnly": true}, "updated_by": {"type": "string", "readOnly": true}
    } $json$::jsonb || jsonb_build_object('condition', jsonb_build_object('type', 'string',
        'enum', (SELECT jsonb_agg(c.name ORDER BY c.place, c.name) FROM alarm.condition AS c))) AS rule,
    '{"reason": {"type": ["string", "null"], "maxLength": 2000, "writeOnly": true, "description": "Why; kept with the version."}}'::jsonb AS reason,
    $json$ {"notes": {"type": "array", "items": {"type": "string"}, "readOnly": true,
        "description": "What the selection does not find in the plant now, as sentences that begin with a code: unmatched, unjudged. Not in lists."}}
    $json$::jsonb AS notes,
    $json$ {
        "Selection": {"type": ["array", "null"], "items": {"type": "string", "minLength": 1, "maxLength": 200}, "minItems": 1, "maxItems": 1000,
            "description": "null selects all. Names of equipment, locations and sensors may hold the wildcards * and ?."},
        "RuleVersion": {
            "type": "object", "required": ["rule_id", "version", "operation", "changed_at", "changed_by", "reason", "changes", "definition"],
            "properties": {
                "rule_id": {"type": "integer"}, "version": {"type": "integer"}, "operation": {"type": "string", "enum": ["insert", "update", "delete"]},
                "changed_at": {"type": "string", "format": "date-time"}, "changed_by": {"type": "string"}, "reason": {"type": ["string", "null"]},
                "changes": {"type": "object", "description": "Member to [old, new]."}, "definition": {"type": "object"}}},
        "AlertTransition": {
            "type": "object", "required": ["kind", "time", "actor", "comment", "severity", "level", "value", "limit"],
            "properties": {
                "kind": {"type": "string"}, "time": {"type": "string", "format": "date-time"}, "actor": {"type": "string"},
                "comment": {"type": ["string", "null"]}, "severity": {"type": "string"}, "level": {"type": "string"},
                "value": {"type": ["number", "null"]}, "limit": {"type": ["number", "null"]}}},
        "BacktestRequest": {
            "type": "object", "required": ["from", "to"],
            "properties": {
                "from": {"type": "string", "format": "date-time"}, "to": {"type": "string", "format": "date-time", "description": "Exclusive."},
                "changes": {"type": "object", "description": "Members of the rule to try instead of what it has."},
                "source": {"type": "string", "enum": ["raw", "1m", "1h"], "default": "raw", "description": "Stored points, or the buckets of a rollup that begin from … to."},
                "bucket_value": {"type": "string", "enum": ["worst", "mean"], "default": "worst",
                    "description": "What a bucket counts for: its worst extreme (an upper bound where limits are on one side; of both sides the worse) or its mean."}},
            "example": {"from": "2026-10-01T00:00:00Z", "to": "2026-11-01T00:00:00Z", "changes": {"high": 6.5}}},
        "Backtest": {
            "type": "object", "required": ["summary", "alarms", "notes"],
            "properties": {
                "summary": {"type": "object", "required": ["alarms", "chatter", "minutes_active"],
                    "properties": {"alarms": {"type": "integer"}, "chatter": {"type": "integer"}, "minutes_active": {"type": ["number", "null"]}}},
                "alarms": {"type": "array", "items": {"type": "object", "required": ["equipment_id", "sensor", "raised_at", "cleared_at", "level", "severity"]}},
                "notes": {"type": "array", "items": {"type": "string"},
                    "description": "What the answer must be read with, as sentences that begin with a code: merged, one_side, mean, quality (where a rollup may differ from raw), unmatched, unjudged (the selection)."}}},
        "Explanation": {
            "type": "object", "required": ["alarm_id", "rule", "rule_version", "condition", "level", "limit_value", "raised_at", "value", "samples", "transitions"],
            "properties": {
                "alarm_id": {"type": "integer"}, "rule": {"type": ["string", "null"]}, "rule_version": {"type": ["integer", "null"]},
                "rule_changed_by": {"type": ["string", "null"]}, "rule_changed_at": {"type": ["string", "null"], "format": "date-time"},
                "rule_reason": {"type": ["string", "null"]}, "definition": {"type": ["object", "null"]}, "selected_because": {"type": ["string", "null"]},
                "equipment_id": {"type": ["string", "null"]}, "sensor": {"type": ["string", "null"]}, "unit": {"type": ["string", "null"]},
                "condition": {"type": "string"}, "level": {"type": "string"}, "limit_value": {"type": ["number", "null"]},
                "deadband": {"type": ["number", "null"]}, "on_delay": {"type": ["string", "null"]}, "off_delay": {"type": ["string", "null"]},
                "raised_at": {"type": "string", "format": "date-time"}, "value": {"type": ["number", "null"]},
                "samples": {"type": ["array", "null"], "items": {"type": "object", "properties": {
                    "time": {"type": "string", "format": "date-time"}, "value": {"type": "number"}}}},
                "transitions": {"type": ["array", "null"], "items": {"type": "object", "properties": {
                    "kind": {"type": "string"}, "time": {"type": "string", "format": "date-time"},
                    "actor": {"type": ["string", "null"]}, "comment": {"type": ["string", "null"]},
                    "severity": {"type": ["string", "null"]}, "level": {"type": ["string", "null"]},
                    "value": {"type": ["number", "null"]}, "limit": {"type": ["number", "null"]},
                    "bundle_kind": {"type": "string"}, "power": {"type": "string"}}}},
                "basis": {"type": ["object", "null"], "description": "What limits that are not in the rule rest on: baseline, vibration zone; of a model verdict the bundle, its confidence, its scores and severity_cap."}}},
        "AlertFigures": {
            "type": "object", "required": ["alarms", "average_per_10_minutes", "most_in_10_minutes", "flood_share", "acknowledged_share"],
            "properties": {
                "period": {"type": "string", "format": "date-time", "description": "Start of the day or shift."}, "equipment_id": {"type": ["string", "null"]},
                "alarms": {"type": "integer"}, "average_per_10_minutes": {"type": "number"}, "most_in_10_minutes": {"type": "integer"},
                "flood_share": {"type": "number", "description": "Share of the ten-minute spans with more than ten alarms."}, "chattering": {"type": "integer"}, "stale": {"type": "integer"},
                "acknowledged_share": {"type": "number"}, "median_time_to_acknowledge": {"type": ["string", "null"], "format": "duration"},
                "p95_time_to_acknowledge": {"type": ["string", "null"], "format": "duration"}, "escalated": {"type": "integer"}, "shelved": {"type": "integer"},
                "low_share": {"type": "number"}, "medium_share": {"type": "number"}, "high_share": {"type": "number"}, "critical_share": {"type": "number"}}},
        "AlertKPIs": {
            "type": "object", "required": ["from", "to", "active", "unacknowledged", "stale", "days", "shifts", "equipment", "bad_actors", "chattering", "floods"],
            "properties": {
                "from": {"type": "string", "format": "date-time"}, "to": {"type": "string", "format": "date-time", "description": "Exclusive."},
                "active": {"type": "integer"}, "unacknowledged": {"type": "integer"}, "stale": {"type": "integer"},
                "days": {"type": "array", "items": {"$ref": "#/components/schemas/AlertFigures"}}, "shifts": {"type": "array", "items": {"$ref": "#/components/schemas/AlertFigures"}},
                "equipment": {"type": "array", "items": {"$ref": "#/components/schemas/AlertFigures"}},
                "bad_actors": {"type": "array", "items": {"type": "object"}, "description": "Ten of the last 31 days."},
                "chattering": {"type": "array", "items": {"type": "object"}, "description": "Ten of the last seven days."},
                "floods": {"type": "array", "items": {"type": "object"}, "description": "Ten of the last 31 days."}}},
        "Comment": {"type": "object", "properties": {"comment": {"type": ["string", "null"], "maxLength": 4000}}, "example": {"comment": "Belt checked."}}
    } $json$::jsonb AS others,
    $json$ {
        "id": {"type": "integer"}, "rule": {"type": "string"}, "rule_id": {"type": ["integer", "null"]}, "rule_version": {"type": ["integer", "null"]},
        "condition": {"type": "string"}, "device_id": {"type": ["string", "null"]}, "sensor": {"type": ["string", "null"]},
        "sensor_id": {"type": ["integer", "null"]}, "sensor_type": {"type": ["string", "null"]}, "unit": {"type": ["string", "null"]},
        "value": {"type": ["number", "null"]}, "limit": {"type": ["number", "null"]}, "peak": {"type": ["number", "null"]}, "level": {"type": "string"},
        "severity": {"type": "string"}, "worst_severity": {"type": "string"},
        "status": {"type": "string", "enum": ["active", "acknowledged", "shelved", "suppressed", "out_of_service", "cleared", "retracted"]},
        "active": {"type": "boolean"}, "acknowledged": {"type": "boolean"}, "acknowledged_at": {"type": ["string", "null"], "format": "date-time"},
        "acknowledged_by": {"type": ["string", "null"]}, "confirmed": {"type": "boolean"}, "confirmed_at": {"type": ["string", "null"], "format": "date-time"},
        "confirmed_by": {"type": ["string", "null"]}, "shelved": {"type": "boolean"}, "shelved_until": {"type": ["string", "null"], "format": "date-time"},
        "suppressed": {"type": "boolean"}, "suppressed_by": {"type": "array", "items": {"type": "string"}}, "out_of_service": {"type": "boolean"},
        "latched": {"type": "boolean"}, "chattering": {"type": "boolean"}, "raised_at": {"type": "string", "format": "date-time"},
        "cleared_at": {"type": ["string", "null"], "format": "date-time"}, "escalated_at": {"type": ["string", "null"], "format": "date-time"},
        "retracted_at": {"type": ["string", "null"], "format": "date-time", "description": "When samples that came later took the alarm back; null: a real one."},
        "timestamp": {"type": "string", "format": "date-time", "description": "raised_at, under the name that older clients read."},
        "message": {"type": "object", "additionalProperties": {"type": ["string", "null"]}, "description": "Text per language, ko and en."},
        "data": {"type": ["object", "null"]}
    } $json$::jsonb AS alert
), bodies AS (
    SELECT others || jsonb_build_object(
        'Rule', jsonb_build_object('type', 'object', 'properties', rule || notes, 'required', (SELECT jsonb_agg(k ORDER BY k) FROM jsonb_object_keys(rule) AS k)),
        'RuleCreate', jsonb_build_object('type', 'object', 'properties', rule || notes || reason, 'required', '["name", "condition"]'::jsonb, 'additionalProperties', false,
            'example', '{"name": "vibration high", "condition": "above", "high": 7.1, "high_high": 11.2, "deadband": 0.5, "severity": "high", "on_delay": "PT5S", "select_sensor_type": ["vibration"], "reason": "ISO 10816 zone C"}'::jsonb),
        'RuleUpdate', jsonb_build_object('type', 'object', 'properties', rule || notes || reason, 'additionalProperties', false,
            'example', '{"high": 6.5, "reason": "bearing replaced by a smaller one"}'::jsonb),
        'Alert', jsonb_build_object('type', 'object', 'properties', alert, 'required', (SELECT jsonb_agg(k ORDER BY k) FROM jsonb_object_keys(alert) AS k)),
        'AlertDetail', jsonb_build_object('type', 'object',
            'properties', alert || '{"transitions": {"type": "array", "items": {"$ref": "#/components/schemas/AlertTransition"}}}'::jsonb,
            'required', (SELECT jsonb_agg(k ORDER BY k) FROM jsonb_object_keys(alert) AS k) || '["transitions"]'::jsonb),
        'Alerts', '{"type": "object", "required": ["notifications", "total", "page", "size", "next_cursor"], "properties": {
            "notifications": {"type": "array", "items": {"$ref": "#/components/schemas/Alert"}}, "total": {"type": "integer"},
            "page": {"type": "integer"}, "size": {"type": "integer"}, "next_cursor": {"type": ["string", "null"]}}}'::jsonb
    ) AS schemas
    FROM members
)
SELECT api.seed_schemas('alarm', schemas) FROM bodies;

SELECT api.seed_routes('alarm', $json$ [
    {"method": "GET", "path": "/api/v1/alerts", "function": "api.list_alerts", "role": "viewer", "summary": "List alarms", "answer": "Alerts", "tags": ["alerts"],
     "parameters": [{"name": "status", "schema": {"type": "string", "enum": ["active", "unacknowledged", "acknowledged", "shelved", "suppressed", "returned", "cleared", "resolved", "retracted", "all"]}}]},
    {"method": "GET", "path": "/api/v1/alerts/kpis", "function": "api.get_alert_kpis", "role": "viewer", "summary": "Get the key figures of the alarms",
     "answer": "AlertKPIs", "tags": ["alerts"]},
    {"method": "GET", "path": "/api/v1/alerts/{id}", "function": "api.get_alert", "role": "viewer", "summary": "Get an alarm with its history",
     "answer": "AlertDetail", "tags": ["alerts"]},
    {"method": "GET", "path": "/api/v1/alerts/{id}/explain", "function": "api.explain_alert", "role": "viewer", "summary": "Explain why an alarm was raised",
     "answer": "Explanation", "tags": ["alerts"]},
    {"method": "POST", "path": "/api/v1/alerts/{id}/acknowledge", "function": "api.acknowledge_alert", "role": "operator", "body_mode": "members",
     "summary": "Acknowledge an alarm", "request": "Comment", "answer": "Alert", "errors": ["MW409"], "tags": ["alerts"]},
    {"method": "POST", "path": "/api/v1/alerts/{id}/confirm", "function": "api.confirm_alert", "role": "operator", "body_mode": "members",
     "summary": "Confirm that an alarm was dealt with", "request": "Comment", "answer": "Alert", "errors": ["MW409"], "tags": ["alerts"]},
    {"method": "POST", "path": "/api/v1/alerts/{id}/comment", "function": "api.comment_alert", "role": "operator", "body_mode": "members",
     "summary": "Comment an alarm", "answer": "Alert", "tags": ["alerts"]},
    {"method": "POST", "path": "/api/v1/alerts/{id}/shelve", "function": "api.shelve_alert", "role": "operator", "body_mode": "members",
     "summary": "Shelve an alarm", "answer": "Alert", "errors": ["MW409"], "tags": ["alerts"]},
    {"method": "POST", "path": "/api/v1/alerts/{id}/unshelve", "function": "api.unshelve_alert", "role": "operator", "body_mode": "members",
     "summary": "Unshelve an alarm", "request": "Comment", "answer": "Alert", "errors": ["MW409"], "tags": ["alerts"]},
    {"method": "POST", "path": "/api/v1/alerts/{id}/reset", "function": "api.reset_alert", "role": "operator", "body_mode": "members",
     "summary": "Reset a latched alarm", "request": "Comment", "answer": "Alert", "errors": ["MW409"], "tags": ["alerts"]},
    {"method": "POST", "path": "/api/v1/alerts/{id}/suppress", "function": "api.suppress_alert", "role": "operator", "body_mode": "members",
     "summary": "Suppress an alarm", "request": "Comment", "answer": "Alert", "errors": ["MW409"], "tags": ["alerts"]},
    {"method": "POST", "path": "/api/v1/alerts/{id}/unsuppress", "function": "api.unsuppress_alert", "role": "operator", "body_mode": "members",
     "summary": "End a suppression", "request": "Comment", "answer": "Alert", "errors": ["MW409"], "tags": ["alerts"]},
    {"method": "POST", "path": "/api/v1/alerts/{id}/out-of-service", "function": "api.take_alert_out_of_service", "role": "operator", "body_mode": "members",
     "summary": "Take an alarm out of service", "request": "Comment", "answer": "Alert", "errors": ["MW409"], "tags": ["alerts"]},
    {"method": "POST", "path": "/api/v1/alerts/{id}/in-service", "function": "api.return_alert_to_service", "role": "operator", "body_mode": "members",
     "summary": "Return an alarm to service", "request": "Comment", "answer": "Alert", "errors": ["MW409"], "tags": ["alerts"]},
    {"method": "GET", "path": "/api/v1/rules", "function": "api.list_rules", "role": "viewer", "summary": "List alarm rules", "answer": "page Rule", "tags": ["rules"]},
    {"method": "POST", "path": "/api/v1/rules", "function": "api.create_rule", "role": "engineer", "status": 201, "body_argument": "body",
     "summary": "Add an alarm rule", "request": "RuleCreate", "answer": "Rule", "errors": ["MW409"], "tags": ["rules"]},
    {"method": "GET", "path": "/api/v1/rules/{id}", "function": "api.get_rule", "role": "viewer", "summary": "Get an alarm rule", "answer": "Rule", "tags": ["rules"]},
    {"method": "PATCH", "path": "/api/v1/rules/{id}", "function": "api.update_rule", "role": "engineer", "body_argument": "body",
     "summary": "Change some members of an alarm rule", "request": "RuleUpdate", "answer": "Rule", "errors": ["MW409"], "tags": ["rules"]},
    {"method": "DELETE", "path": "/api/v1/rules/{id}", "function": "api.delete_rule", "role": "engineer", "status": 204,
     "summary": "Delete an alarm rule", "tags": ["rules"]},
    {"method": "GET", "path": "/api/v1/rules/{id}/versions", "function": "api.list_rule_versions", "role": "viewer",
     "summary": "List the versions of an alarm rule", "answer": "page RuleVersion", "tags": ["rules"]},
    {"method": "POST", "path": "/api/v1/rules/{id}/rollback", "function": "api.rollback_rule", "role": "engineer", "body_mode": "members",
     "summary": "Return an alarm rule to an earlier version", "answer": "Rule", "tags": ["rules"]},
    {"method": "POST", "path": "/api/v1/rules/{id}/backtest", "function": "api.backtest_rule", "role": "viewer", "body_mode": "members",
     "rate_limit": 10, "rate_scope": "account", "timeout_ms": 60000, "summary": "Try an alarm rule on history", "request": "BacktestRequest",
     "answer": "Backtest", "idempotent": false, "tags": ["rules"]}
] $json$);
