CREATE OR REPLACE FUNCTION api.openapi() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object(
        'openapi', '3.1.0',
        'info', jsonb_build_object('title', 'Millwright', 'version', '1',
            'description', 'Predictive maintenance for factories. Errors are application/problem+json (RFC 9457). Lists take limit (at most 1000) and cursor. Writes take an Idempotency-Key. Times are ISO 8601, UTC.',
            'license', jsonb_build_object('name', 'Apache License 2.0', 'identifier', 'Apache-2.0')),
        'servers', jsonb '[{"url": "/"}]',
        'tags', (SELECT jsonb_agg(jsonb_build_object('name', t.tag) ORDER BY t.tag)
            FROM (SELECT DISTINCT unnest(r.tags) AS tag FROM api.route AS r UNION SELECT 'health') AS t),
        'security', jsonb '[{"bearer": []}, {"apiKey": []}, {"session": []}]',
        'paths', (SELECT jsonb_object_agg(p.path, p.operations) FROM (
                SELECT o.path, jsonb_object_agg(lower(o.method), o.operation) AS operations
                FROM (
                    SELECT r.method, r.path, api.openapi_operation(api.shaped_route(r)) AS operation FROM api.route AS r
                    UNION ALL
                    SELECT a.method, a.alias, x.operation || jsonb_build_object('deprecated', true,
                        'operationId', concat_ws('_', x.operation ->> 'operationId', 'at',
                                                 trim(regexp_replace(substr(a.alias, 9), '[^a-z0-9]+', '_', 'g'), '_')),
                        'description', format('The same as %s %s.', a.method, a.path))
                    FROM api.path_alias AS a
                    JOIN api.route AS r ON r.method = a.method AND r.path = a.path
                    CROSS JOIN LATERAL (SELECT api.openapi_operation(api.shaped_route(r)) AS operation OFFSET 0) AS x
                ) AS o
                GROUP BY o.path
            ) AS p)
            || jsonb '{"/health": {"get": {
                "operationId": "health", "tags": ["health"], "summary": "Is it well", "security": [],
                "description": "ok, degraded (a job fails, an aggregate lags, the quarantine fills) or down, for the whole and for each part, with what is wrong in words.",
                "responses": {
                    "200": {"description": "ok or degraded.", "content": {"application/json": {"schema": {"type": "object"}}}},
                    "503": {"description": "A part is down; the body says which.", "content": {"application/json": {"schema": {"type": "object"}}}}}}}}',
        'components', jsonb_build_object(
            'securitySchemes', jsonb '{
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "access_token of POST /api/v1/auth/login, or an API key (mwk_…)."},
                "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "A machine''s key: POST /api/v1/auth/api-keys."},
                "session": {"type": "apiKey", "in": "cookie", "name": "millwright_session",
                    "description": "A browser''s session: POST /api/v1/auth/session. Behind TLS its name begins with __Host-. Whatever changes something needs the session''s csrf_token in X-CSRF-Token, or is refused with 403 MW470."}}',
            'parameters', jsonb '{"IdempotencyKey": {"name": "Idempotency-Key", "in": "header", "required": false,
                "schema": {"type": "string", "minLength": 1, "maxLength": 255},
                "description": "A request that is sent again with the same key within 24 hours gets the first one''s answer and changes nothing."}}',
            -- twice: below /v2 an error has the member error that the Open Inference Protocol wants
            'responses', (SELECT jsonb_object_agg(k.prefix || e.code, jsonb_build_object('description', e.description,
                    'content', k.content,
                    'headers', CASE WHEN e.status IN (429, 503) THEN
                        jsonb '{"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}' ELSE jsonb '{}' END))
                FROM (
                    SELECT s.code, s.status, s.title || '. ' || s.meaning AS description FROM api.sqlstate_http AS s WHERE s.pattern = s.code
                    UNION ALL
                    SELECT 'MW504', 504, s.title || '. ' || s.meaning FROM api.sqlstate_http AS s WHERE s.pattern = '57014'
                ) AS e
                CROSS JOIN (VALUES
                    ('', jsonb '{"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}'),
                    ('Inference', jsonb '{"application/json": {"schema": {"$ref": "#/components/schemas/InferenceProblem"}},
                        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}')
                ) AS k (prefix, content)),
            'schemas', (SELECT jsonb_object_agg(c.name, api.openapi_schema(api.aliased_schema(c.name, c.definition)))
                    FROM api.schema_component AS c)
                || jsonb '{"Problem": {
                    "type": "object", "required": ["type", "title", "status", "detail", "code", "errors"], "description": "RFC 9457.",
                    "properties": {
                        "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
                        "detail": {"type": "string", "description": "For people."},
                        "code": {"type": "string", "description": "For programs: a code of docs/errors.md."},
                        "instance": {"type": "string", "description": "Holds the request''s id."},
                        "errors": {"type": "array", "items": {"type": "object", "required": ["field", "message"],
                            "properties": {"field": {"type": "string"}, "message": {"type": "string"}}}}},
                    "examples": [{"type": "/docs/errors#MW422", "title": "Invalid member", "status": 422, "detail": "name is required", "code": "MW422",
                        "instance": "urn:request:4f1c", "errors": [{"field": "name", "message": "is required"}]}]},
                    "InferenceProblem": {"description": "A Problem with the member that clients of the Open Inference Protocol read.",
                        "allOf": [{"$ref": "#/components/schemas/Problem"},
                            {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}]}}'))
$$;
COMMENT ON FUNCTION api.openapi() IS
    'The OpenAPI 3.1 document of all endpoints, generated from api.route, pg_proc, the COMMENTs and api.schema_component. thin serves it as /openapi.json.';
REVOKE ALL ON FUNCTION api.openapi() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.openapi() TO thin, viewer;
