SELECT api.seed_schemas('auth', $json$ {
    "User": {
        "type": "object", "required": ["id", "username", "email", "full_name", "role", "is_active", "created_at",
            "updated_at", "last_login_at"],
        "properties": {
            "id": {"type": "integer"}, "username": {"type": "string"}, "email": {"type": "string", "format": "email"},
            "full_name": {"type": ["string", "null"]}, "role": {"$ref": "#/components/schemas/Role"}, "is_active": {"type": "boolean"},
            "created_at": {"type": "string", "format": "date-time"}, "updated_at": {"type": "string",
                "format": "date-time"}, "last_login_at": {"type": ["string", "null"], "format": "date-time"}},
        "example": {"id": 1, "username": "kim", "email": "kim@example.com", "full_name": "Kim Minji", "role": "operator",
            "is_active": true, "created_at": "2026-11-23T08:00:00.000000Z",
                "updated_at": "2026-11-23T08:00:00.000000Z", "last_login_at": null}},
    "Registration": {
        "type": "object", "required": ["username", "email", "password"], "additionalProperties": false,
        "properties": {
            "username": {"type": "string", "minLength": 3, "maxLength": 64}, "email": {"type": "string", "format": "email", "maxLength": 254},
            "full_name": {"type": ["string", "null"], "maxLength": 200},
            "role": {"$ref": "#/components/schemas/Role", "default": "viewer"},
            "password": {"type": "string", "minLength": 8, "maxLength": 128, "writeOnly": true}},
        "example": {"username": "kim", "email": "kim@example.com", "full_name": "Kim Minji", "password": "correct horse battery"}},
    "Login": {
        "type": "object", "required": ["password"],
        "description": "username or email is required. username may hold an e-mail address (OAuth 2 password form).",
        "properties": {"username": {"type": ["string", "null"]}, "email": {"type": ["string", "null"]}, "password": {"type": "string", "writeOnly": true},
            "device_token": {"type": ["string", "null"], "writeOnly": true, "description": "What the last login of this device was given."}},
        "example": {"username": "kim", "password": "correct horse battery"}},
    "Token": {
        "type": "object", "required": ["access_token", "token_type", "expires_in", "refresh_token", "refresh_expires_in"],
        "properties": {
            "access_token": {"type": "string", "description": "JWT for Authorization: Bearer."}, "token_type": {"type": "string", "enum": ["bearer"]},
            "expires_in": {"type": "integer", "description": "Seconds."},
            "refresh_token": {"type": "string", "description": "Works once, at POST /api/v1/auth/refresh."},
            "refresh_expires_in": {"type": "integer", "description": "Seconds until the session ends."},
            "device_token": {"type": "string", "description": "After a login: keep it and send it with the next. It opens nothing; failed attempts of others do not make this device wait."}}},
    "BrowserSession": {
        "type": "object", "required": ["user", "csrf_token", "expires_at", "idle_seconds"],
        "properties": {
            "user": {"$ref": "#/components/schemas/User"},
            "csrf_token": {"type": ["string", "null"], "description": "For X-CSRF-Token of every request with the cookie that changes something. null: the session has no cookie."},
            "expires_at": {"type": "string", "format": "date-time", "description": "When the session ends in any case."},
            "idle_seconds": {"type": "integer", "description": "It ends after so long without a request."},
            "device_token": {"type": "string", "description": "After a login: as in Token."}}},
    "SessionEnd": {"type": "object", "required": ["ended"], "properties": {"ended": {"type": "boolean"}}},
    "PasswordChange": {
        "type": "object", "required": ["current_password", "new_password"],
        "properties": {"current_password": {"type": "string", "writeOnly": true},
            "new_password": {"type": "string", "minLength": 8, "maxLength": 128, "writeOnly": true}}},
    "Ticket": {
        "type": "object", "required": ["ticket", "expires_in"],
        "properties": {"ticket": {"type": "string"}, "expires_in": {"type": "integer", "description": "Seconds."}}},
    "ApiKey": {
        "type": "object", "required": ["id", "user_id", "name", "prefix", "role", "created_at", "expires_at", "last_used_at", "revoked_at"],
        "properties": {
            "id": {"type": "string", "format": "uuid"}, "user_id": {"type": "integer"}, "name": {"type": "string"},
            "prefix": {"type": "string", "description": "The key's first 12 characters."}, "role": {"$ref": "#/components/schemas/Role"},
            "created_at": {"type": "string", "format": "date-time"}, "expires_at": {"type": ["string", "null"], "format": "date-time"},
            "last_used_at": {"type": ["string", "null"], "format": "date-time"}, "revoked_at": {"type": ["string", "null"], "format": "date-time"},
            "revoked_reason": {"type": ["string", "null"], "enum": ["revoked", "parent_revoked", "password_changed", "role_changed", "deactivated", null]},
            "parent_id": {"type": ["string", "null"], "format": "uuid", "description": "The key that made it."},
            "key": {"type": "string", "description": "The key itself, in the answer to its creation only."}}},
    "AuditEntry": {
        "type": "object", "required": ["id", "time", "actor", "role", "action", "object_type", "object_id", "before", "after"],
        "properties": {
            "id": {"type": "integer"}, "time": {"type": "string", "format": "date-time"},
            "actor": {"type": "string", "description": "User name, or the database login when it came from psql."},
            "user_id": {"type": ["integer", "null"]}, "role": {"type": "string"}, "address": {"type": ["string", "null"]},
            "request_id": {"type": ["string", "null"]}, "action": {"type": "string"}, "object_type": {"type": "string"},
            "object_id": {"type": ["string", "null"]}, "before": {"type": ["object", "null"]}, "after": {"type": ["object", "null"]}}}
} $json$::jsonb || jsonb_build_object('Role', jsonb_build_object('type', 'string', 'enum', to_jsonb(auth.given_roles()))));

SELECT api.seed_routes('auth', $json$ [
    {"method": "POST", "path": "/api/v1/auth/register", "function": "api.register", "role": "anonymous", "status": 201, "body_mode": "members",
     "rate_limit": 20, "rate_scope": "address", "max_body_bytes": 8192, "summary": "Register a user", "request": "Registration",
     "answer": "User", "errors": ["MW403", "MW409", "MW429"], "idempotent": false, "lane": "password"},
    {"method": "POST", "path": "/api/v1/auth/login", "function": "api.login", "role": "anonymous", "body_mode": "members", "response": "token",
     "rate_limit": 30, "rate_scope": "address", "max_body_bytes": 8192, "summary": "Log in", "request": "Login", "answer": "Token",
     "errors": ["MW401", "MW403", "MW429"], "idempotent": false, "lane": "password"},
    {"method": "POST", "path": "/api/v1/auth/refresh", "function": "api.refresh_token", "role": "anonymous", "body_mode": "members",
     "response": "token", "rate_limit": 60, "rate_scope": "address", "max_body_bytes": 8192, "summary": "Renew the access token",
     "answer": "Token", "errors": ["MW401"], "idempotent": false},
    {"method": "POST", "path": "/api/v1/auth/logout", "function": "api.logout", "role": "viewer", "status": 204, "body_mode": "members",
     "max_body_bytes": 8192, "summary": "End this session, or all of them"},
    {"method": "POST", "path": "/api/v1/auth/session", "function": "api.open_browser_session", "role": "anonymous", "body_mode": "members",
     "response": "cookie", "rate_limit": 30, "rate_scope": "address", "max_body_bytes": 8192, "summary": "Log a browser in",
     "request": "Login", "answer": "BrowserSession", "errors": ["MW401", "MW403", "MW429"], "idempotent": false, "lane": "password"},
    {"method": "GET", "path": "/api/v1/auth/session", "function": "api.get_browser_session", "role": "viewer",
     "summary": "Read the session and its CSRF token", "answer": "BrowserSession", "errors": ["MW404"]},
    {"method": "DELETE", "path": "/api/v1/auth/session", "function": "api.end_browser_session", "role": "viewer", "response": "cookie",
     "summary": "Log a browser out", "answer": "SessionEnd", "idempotent": false},
    {"method": "GET", "path": "/api/v1/auth/me", "function": "api.me", "role": "viewer", "summary": "Who am I", "answer": "User"},
    {"method": "POST", "path": "/api/v1/auth/password", "function": "api.change_password", "role": "viewer", "status": 204, "body_mode": "members",
     "rate_limit": 10, "rate_scope": "account", "max_body_bytes": 8192, "summary": "Change one's password", "request": "PasswordChange",
     "errors": ["MW429"], "idempotent": false, "lane": "password"},
    {"method": "POST", "path": "/api/v1/auth/ws-ticket", "function": "api.issue_ws_ticket", "role": "viewer", "status": 201,
     "rate_limit": 120, "rate_scope": "account", "summary": "Get a ticket for one WebSocket connection", "answer": "Ticket", "idempotent": false},
    {"method": "GET", "path": "/api/v1/auth/api-keys", "function": "api.list_api_keys", "role": "viewer", "summary": "List API keys",
     "answer": "page ApiKey"},
    {"method": "POST", "path": "/api/v1/auth/api-keys", "function": "api.create_api_key", "role": "viewer", "status": 201, "body_mode": "members",
     "rate_limit": 20, "rate_scope": "account", "max_body_bytes": 8192, "summary": "Make an API key for a machine", "answer": "ApiKey",
     "errors": ["MW409"], "idempotent": false},
    {"method": "DELETE", "path": "/api/v1/auth/api-keys/{id}", "function": "api.revoke_api_key", "role": "viewer", "status": 204,
     "summary": "Revoke an API key"},
    {"method": "GET", "path": "/api/v1/users", "function": "api.list_users", "role": "admin", "summary": "List users", "answer": "page User",
     "tags": ["administration"]},
    {"method": "GET", "path": "/api/v1/users/{id}", "function": "api.get_user", "role": "admin", "summary": "Get a user", "answer": "User",
     "tags": ["administration"]},
    {"method": "PATCH", "path": "/api/v1/users/{id}", "function": "api.update_user", "role": "admin", "body_mode": "members",
     "max_body_bytes": 8192, "summary": "Change a user", "answer": "User", "errors": ["MW409"], "tags": ["administration"], "idempotent": false, "lane": "password"},
    {"method": "GET", "path": "/api/v1/audit", "function": "api.list_audit", "role": "admin", "summary": "Read the audit trail",
     "answer": "page AuditEntry", "tags": ["administration"]}
] $json$);
