CREATE OR REPLACE FUNCTION api.seed_routes(p_area text, p_routes jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    MERGE INTO api.route AS old
    USING (
        SELECT r.method, r.path, p_area AS area, r.function, r.handler, r.role AS minimum_role,
            coalesce(r.status, 200) AS success_status,
            coalesce(r.body_mode, CASE WHEN r.body_argument IS NOT NULL THEN 'whole' ELSE 'none' END) AS body_mode, r.body_argument,
            r.rate_limit AS rate_limit_per_minute, r.rate_scope AS rate_limit_scope, coalesce(r.max_body_bytes, 65536) AS max_body_bytes,
            coalesce(r.response, CASE WHEN coalesce(r.status, 200) IN (101, 204) THEN 'empty' ELSE 'json' END) AS response,
            r.summary, r.description, coalesce(r.tags, ARRAY[p_area]) AS tags, coalesce(r.timeout_ms, 10000) AS timeout_ms,
            coalesce(r.idempotent, true) AS is_idempotent, coalesce(r.parameters, '[]') AS parameters,
            api.schema_reference(r.request) AS request_schema, api.schema_reference(r.answer) AS response_schema,
            coalesce(r.errors, '{}') AS errors, coalesce(r.lane, 'request') AS lane
        FROM jsonb_to_recordset(p_routes) AS r (
            method text, path text, function text, handler text, role text, status integer, body_mode text, body_argument text,
            rate_limit integer, rate_scope text, max_body_bytes integer, response text, summary text, description text,
            tags text[], timeout_ms integer, idempotent boolean, parameters jsonb, request text, answer text, errors text[], lane text)
    ) AS new
    ON old.method = new.method AND old.path = new.path
    WHEN MATCHED THEN UPDATE SET
        area = new.area, function = new.function, handler = new.handler, minimum_role = new.minimum_role,
        success_status = new.success_status, body_mode = new.body_mode, body_argument = new.body_argument,
        rate_limit_per_minute = new.rate_limit_per_minute, rate_limit_scope = new.rate_limit_scope,
        max_body_bytes = new.max_body_bytes, response = new.response, summary = new.summary, description = new.description,
        tags = new.tags, timeout_ms = new.timeout_ms, is_idempotent = new.is_idempotent, parameters = new.parameters,
        request_schema = new.request_schema, response_schema = new.response_schema, errors = new.errors, lane = new.lane
    WHEN NOT MATCHED THEN INSERT (
        method, path, area, function, handler, minimum_role, success_status, body_mode, body_argument, rate_limit_per_minute,
        rate_limit_scope, max_body_bytes, response, summary, description, tags, timeout_ms, is_idempotent, parameters,
        request_schema, response_schema, errors, lane)
    VALUES (
        new.method, new.path, new.area, new.function, new.handler, new.minimum_role, new.success_status, new.body_mode,
        new.body_argument, new.rate_limit_per_minute, new.rate_limit_scope, new.max_body_bytes, new.response, new.summary,
        new.description, new.tags, new.timeout_ms, new.is_idempotent, new.parameters, new.request_schema, new.response_schema,
        new.errors,
        new.lane)
    WHEN NOT MATCHED BY SOURCE AND old.area = p_area THEN DELETE;
END
$$;
COMMENT ON FUNCTION api.seed_routes(text, jsonb) IS
    'Makes the routes of one area equal to a list: adds, changes and removes. Members as in api.route, with short names and the notation of api.schema_reference for request and answer. Called by sql/data.';
REVOKE ALL ON FUNCTION api.seed_routes(text, jsonb) FROM PUBLIC;
