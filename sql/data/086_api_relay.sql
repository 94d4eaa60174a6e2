WITH members AS (
    SELECT $json$ {
        "id": {"type": "integer", "readOnly": true}, "name": {"type": "string", "minLength": 1, "maxLength": 64},
        "kind": {"type": "string", "enum": ["slack_webhook", "slack_bot", "email", "webhook"]},
        "target": {"type": "string", "minLength": 1, "maxLength": 2000, "description": "http(s) URL (webhooks), mailto:a@b,c@d (email), slack:ID of a channel or user (slack_bot), or env:NAME for a variable of thin (MILLWRIGHT_CHANNEL_…, SLACK_WEBHOOK_URL, SLACK_ADMIN_USER_ID). Answers show no more of a URL than its host."},
        "language": {"type": "string", "pattern": "^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$", "description": "Code of a language there is (relay.language); without it the default one."}, "enabled": {"type": "boolean", "default": true},
        "available": {"type": "boolean", "readOnly": true, "description": "A running thin has the variables that the channel needs."},
        "max_attempts": {"type": "integer", "minimum": 1, "maximum": 100, "default": 12},
        "rate": {"type": ["number", "null"], "minimum": 0.001, "maximum": 1000, "default": null, "description": "Messages per second at most; null: as its kind has it (Slack 1)."},
        "digest_over": {"type": ["integer", "null"], "minimum": 1, "maximum": 100000, "default": null, "description": "When more messages than this wait, one digest names every alarm instead; null: as its kind has it (people 20, webhooks never)."},
        "first_delay": {"type": "string", "format": "duration", "default": "PT1S"}, "longest_delay": {"type": "string", "format": "duration", "default": "PT10M"},
        "request_timeout": {"type": "string", "format": "duration", "default": "PT10S"},
        "headers": {"type": "object", "additionalProperties": {"type": "string", "maxLength": 4000}, "default": {}, "description": "Sent with each request; answers do not show the values."}
    } $json$::jsonb AS channel, $json$ {
        "id": {"type": "integer", "readOnly": true}, "name": {"type": "string", "minLength": 1, "maxLength": 64}, "channel_id": {"type": "integer", "minimum": 1, "maximum": 2147483647},
        "kinds": {"type": ["array", "null"], "items": {"type": "string"}, "maxItems": 100}, "events": {"type": ["array", "null"], "items": {"type": "string"}, "maxItems": 100},
        "severities": {"type": ["array", "null"], "items": {"type": "string"}, "maxItems": 100},
        "equipment_ids": {"type": ["array", "null"], "items": {"type": "string"}, "maxItems": 1000},
        "equipment_types": {"type": ["array", "null"], "items": {"type": "string"}, "maxItems": 100},
        "locations": {"type": ["array", "null"], "items": {"type": "string"}, "maxItems": 100}, "enabled": {"type": "boolean", "default": true}
    } $json$::jsonb AS route, $json$ {
        "Notification": {
            "type": "object", "required": ["type", "seq", "timestamp", "data"], "description": "As WebSocket clients get it.",
            "properties": {"type": {"type": "string", "enum": ["notification"]}, "seq": {"type": "integer"},
                "timestamp": {"type": "string", "format": "date-time"}, "data": {"type": "object"}}},
        "Notifications": {
            "type": "object", "required": ["notifications", "total", "page", "size", "next_cursor"],
            "properties": {"notifications": {"type": "array", "items": {"$ref": "#/components/schemas/Notification"}}, "total": {"type": "integer"},
                "page": {"type": "integer"}, "size": {"type": "integer"}, "next_cursor": {"type": ["string", "null"]}}},
        "TestNotification": {
            "type": "object", "required": ["status", "seq", "channels"],
            "properties": {"status": {"type": "string", "enum": ["queued"]}, "seq": {"type": "integer"}, "channels": {"type": "array", "items": {"type": "string"}}}},
        "Delivery": {
            "type": "object", "required": ["id", "seq", "channel_id", "channel", "status", "attempts", "last_status", "last_error", "created_at"],
            "properties": {
                "id": {"type": "integer"}, "seq": {"type": ["integer", "null"], "description": "null: told to this channel alone."}, "channel_id": {"type": "integer"}, "channel": {"type": "string"},
                "status": {"type": "string", "enum": ["pending", "sending", "delivered", "dead", "folded"], "description": "folded: overtaken before it was sent; folded_into says so in its place."}, "folded_into": {"type": ["integer", "null"]}, "attempts": {"type": "integer"},
                "next_attempt_at": {"type": ["string", "null"], "format": "date-time"}, "last_status": {"type": ["integer", "null"]},
                "last_error": {"type": ["string", "null"]},
                "last_answer": {"type": ["string", "null"], "description": "How the target's answer began; null for whoever is not an administrator."},
                "delivered_at": {"type": ["string", "null"], "format": "date-time"},
                "created_at": {"type": "string", "format": "date-time"}}},
        "DeliveryRetry": {"type": "object", "required": ["id", "status"], "properties": {"id": {"type": "integer"}, "status": {"type": "string"}}},
        "Setting": {
            "type": "object", "required": ["name", "value", "unit", "description", "type", "minimum", "maximum", "choices", "nullable", "updated_at", "updated_by"],
            "properties": {"name": {"type": "string"}, "value": {"type": ["string", "number", "boolean", "array", "object", "null"], "items": {}}, "unit": {"type": ["string", "null"]},
                "description": {"type": "string"}, "type": {"type": "string", "enum": ["integer", "float", "interval", "boolean", "text", "texts", "time zone", "times", "networks", "url"]},
                "minimum": {"type": ["number", "string", "null"], "description": "Least value."}, "maximum": {"type": ["number", "string", "null"], "description": "Greatest value."},
                "choices": {"type": ["array", "null"], "items": {"type": "string"}}, "nullable": {"type": "boolean", "description": "Whether null is a value."},
                "updated_at": {"type": "string", "format": "date-time"}, "updated_by": {"type": "string"}}},
        "SettingUpdate": {"type": "object", "required": ["value"], "properties": {"value": {"type": ["string", "number", "boolean", "array", "object", "null"], "items": {}}}, "example": {"value": "30 minutes"}}
    } $json$::jsonb AS others
)
SELECT api.seed_schemas('relay', others || jsonb_build_object(
    'Channel', jsonb_build_object('type', 'object', 'properties', channel, 'required', (SELECT jsonb_agg(k ORDER BY k) FROM jsonb_object_keys(channel) AS k)),
    'ChannelCreate', jsonb_build_object('type', 'object', 'properties', channel, 'required', '["name", "kind", "target"]'::jsonb, 'additionalProperties', false,
        'example', '{"name": "maintenance crew", "kind": "slack_webhook", "target": "env:SLACK_WEBHOOK_URL", "language": "en"}'::jsonb),
    'ChannelUpdate', jsonb_build_object('type', 'object', 'properties', channel, 'additionalProperties', false, 'example', '{"enabled": false}'::jsonb),
    'NotificationRoute', jsonb_build_object('type', 'object', 'properties', route, 'required', (SELECT jsonb_agg(k ORDER BY k) FROM jsonb_object_keys(route) AS k)),
    'NotificationRouteCreate', jsonb_build_object('type', 'object', 'properties', route, 'required', '["name", "channel_id"]'::jsonb, 'additionalProperties', false,
        'example', '{"name": "critical to crew", "channel_id": 1, "kinds": ["alarm"], "events": ["raised", "escalated"], "severities": ["critical"]}'::jsonb),
    'NotificationRouteUpdate', jsonb_build_object('type', 'object', 'properties', route, 'additionalProperties', false, 'example', '{"severities": ["high", "critical"]}'::jsonb)))
FROM members;

SELECT api.seed_routes('relay', $json$ [
    {"method": "GET", "path": "/api/v1/notifications", "function": "api.list_notifications", "role": "viewer", "summary": "List notifications",
     "answer": "Notifications", "tags": ["notifications"]},
    {"method": "GET", "path": "/api/v1/notifications/ws/notifications", "handler": "ws_notifications", "role": "viewer", "status": 101,
     "rate_limit": 600, "rate_scope": "address",
     "summary": "WebSocket of notifications", "tags": ["notifications"],
     "description": "Each message is a Notification {type, seq, timestamp, data}. ?after=<seq> resumes after the last one that was seen, without a gap. Token: Authorization header, ?ticket= (POST /api/v1/auth/ws-ticket), or the first message.",
     "parameters": [{"name": "after", "schema": {"type": "integer", "minimum": 0}, "description": "Last seq that the client has seen."},
        {"name": "ticket", "schema": {"type": "string"}, "description": "One-use ticket instead of a token."}]},
    {"method": "POST", "path": "/api/v1/notifications/test-slack-bot", "function": "api.test_slack", "role": "engineer", "status": 202,
     "summary": "Send a test notification to Slack", "answer": "TestNotification", "errors": ["MW409"], "tags": ["notifications"]},
    {"method": "POST", "path": "/api/v1/notifications/test-email", "function": "api.test_email", "role": "engineer", "status": 202,
     "summary": "Send a test notification by e-mail", "answer": "TestNotification", "errors": ["MW409"], "tags": ["notifications"]},
    {"method": "GET", "path": "/api/v1/notifications/channels", "function": "api.list_channels", "role": "engineer", "summary": "List channels",
     "answer": "page Channel", "tags": ["notifications"]},
    {"method": "POST", "path": "/api/v1/notifications/channels", "function": "api.create_channel", "role": "admin", "status": 201, "body_argument": "body",
     "summary": "Add a channel", "request": "ChannelCreate", "answer": "Channel", "errors": ["MW409"], "tags": ["notifications"]},
    {"method": "PATCH", "path": "/api/v1/notifications/channels/{id}", "function": "api.update_channel", "role": "admin", "body_argument": "body",
     "summary": "Change a channel", "request": "ChannelUpdate", "answer": "Channel", "errors": ["MW409"], "tags": ["notifications"]},
    {"method": "DELETE", "path": "/api/v1/notifications/channels/{id}", "function": "api.delete_channel", "role": "admin", "status": 204,
     "summary": "Delete a channel", "tags": ["notifications"]},
    {"method": "POST", "path": "/api/v1/notifications/channels/{id}/test", "function": "api.test_channel", "role": "engineer", "status": 202,
     "summary": "Send a test notification to a channel", "answer": "TestNotification", "tags": ["notifications"]},
    {"method": "GET", "path": "/api/v1/notifications/routes", "function": "api.list_notification_routes", "role": "engineer",
     "summary": "List notification routes", "answer": "page NotificationRoute", "tags": ["notifications"]},
    {"method": "POST", "path": "/api/v1/notifications/routes", "function": "api.create_notification_route", "role": "admin", "status": 201,
     "body_argument": "body", "summary": "Add a notification route", "request": "NotificationRouteCreate", "answer": "NotificationRoute",
     "errors": ["MW409"], "tags": ["notifications"]},
    {"method": "PATCH", "path": "/api/v1/notifications/routes/{id}", "function": "api.update_notification_route", "role": "admin", "body_argument": "body",
     "summary": "Change a notification route", "request": "NotificationRouteUpdate", "answer": "NotificationRoute", "errors": ["MW409"], "tags": ["notifications"]},
    {"method": "DELETE", "path": "/api/v1/notifications/routes/{id}", "function": "api.delete_notification_route", "role": "admin", "status": 204,
     "summary": "Delete a notification route", "tags": ["notifications"]},
    {"method": "GET", "path": "/api/v1/notifications/deliveries", "function": "api.list_deliveries", "role": "engineer", "summary": "List deliveries",
     "answer": "page Delivery", "tags": ["notifications"]},
    {"method": "POST", "path": "/api/v1/notifications/deliveries/{id}/retry", "function": "api.retry_delivery", "role": "engineer",
     "summary": "Send a dead letter again", "answer": "DeliveryRetry", "errors": ["MW409"], "tags": ["notifications"]},
    {"method": "GET", "path": "/api/v1/settings", "function": "api.list_settings", "role": "admin", "summary": "List settings",
     "answer": "page Setting", "tags": ["administration"]},
    {"method": "PATCH", "path": "/api/v1/settings/{name}", "function": "api.update_setting", "role": "admin", "body_mode": "members",
     "summary": "Change a setting", "request": "SettingUpdate", "answer": "Setting", "tags": ["administration"]}
] $json$);
