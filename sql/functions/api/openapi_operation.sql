CREATE OR REPLACE FUNCTION api.openapi_operation(p_route api.route) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH argument AS (
        SELECT a.name, a.position, a.has_default, api.openapi_type(a.type) AS schema, 'path' AS place
        FROM api.openapi_arguments(p_route.function) AS a
        WHERE p_route.path LIKE '%{' || a.name || '}%'
        UNION ALL
        SELECT a.name, a.position, a.has_default, api.openapi_type(a.type), CASE p_route.body_mode WHEN 'members' THEN 'body' ELSE 'query' END
        FROM api.openapi_arguments(p_route.function) AS a
        WHERE p_route.path NOT LIKE '%{' || a.name || '}%' AND a.name IS DISTINCT FROM p_route.body_argument
        UNION ALL
        -- what a Swift handler takes stands in the route alone
        SELECT e.value ->> 'name', e.ordinality::integer, NOT coalesce((e.value -> 'required')::boolean, false), e.value -> 'schema',
            CASE WHEN p_route.path LIKE '%{' || (e.value ->> 'name') || '}%' THEN 'path' ELSE 'query' END
        FROM jsonb_array_elements(p_route.parameters) WITH ORDINALITY AS e WHERE p_route.handler IS NOT NULL
    ), described AS (
        SELECT a.*, coalesce(e.value -> 'schema', CASE a.name
                WHEN 'limit' THEN jsonb '{"type": "integer", "minimum": 1, "maximum": 1000}'
                WHEN 'page' THEN jsonb '{"type": "integer", "minimum": 1, "maximum": 100000, "default": 1}'
                WHEN 'skip' THEN jsonb '{"type": "integer", "minimum": 0, "default": 0}' END, a.schema) AS full_schema,
            coalesce(e.value ->> 'description', CASE a.name
                WHEN 'limit' THEN 'Most rows of this page.' WHEN 'cursor' THEN 'next_cursor of the page before.'
                WHEN 'page' THEN 'Number of the page, from 1.' WHEN 'skip' THEN 'Rows to leave out. For long lists use cursor.' END) AS description
        FROM argument AS a
        LEFT JOIN jsonb_array_elements(p_route.parameters) AS e ON e.value ->> 'name' = a.name
    ), shape AS (
        SELECT jsonb_agg(s.name ORDER BY s.is_default DESC, s.name) AS names,
               (array_agg(s.name) FILTER (WHERE s.is_default))[1] AS default_name,
               string_agg(format('%s: %s', s.name, s.description), ' ' ORDER BY s.is_default DESC, s.name) AS description
        FROM api.response_shape AS s WHERE s.method = p_route.method AND s.path = p_route.path
        HAVING count(*) > 0
    ), named AS (
        -- with further words for values, further names (no default: clients that are made of this send it), and the
        -- parameter that chooses a shape
        SELECT d.place, d.position * 100 AS position, d.name, d.has_default, d.description,
               CASE WHEN m.words IS NULL OR NOT coalesce(d.full_schema, '{}') ? 'enum' THEN d.full_schema
                    ELSE d.full_schema || jsonb_build_object('enum', d.full_schema -> 'enum' || m.words) END AS full_schema,
               false AS deprecated
        FROM described AS d
        LEFT JOIN LATERAL (
            SELECT jsonb_agg(k ORDER BY k) AS words
            FROM api.parameter_alias AS o CROSS JOIN LATERAL jsonb_object_keys(o.meanings) AS k
            WHERE o.method = p_route.method AND o.path = p_route.path AND o.alias = d.name
        ) AS m ON true
        UNION ALL
        SELECT d.place, d.position * 100 + row_number() OVER (PARTITION BY d.name ORDER BY o.alias), o.alias, true,
               format('The same as %s.', d.name), d.full_schema - 'default', true
        FROM api.parameter_alias AS o
        JOIN described AS d ON d.name = o.member AND d.place = 'query'
        WHERE o.method = p_route.method AND o.path = p_route.path AND o.alias <> o.member
        UNION ALL
        SELECT 'query', 100000, 'shape', true, s.description,
               jsonb_strip_nulls(jsonb_build_object('type', 'string', 'enum', s.names, 'default', s.default_name)), false
        FROM shape AS s
    ), body AS (
        SELECT CASE
            WHEN p_route.request_schema IS NOT NULL THEN p_route.request_schema
            WHEN p_route.body_mode = 'members' THEN (
                SELECT jsonb_strip_nulls(jsonb_build_object('type', 'object', 'additionalProperties', false,
                    'properties', jsonb_object_agg(d.name, d.full_schema),
                    'required', jsonb_agg(d.name ORDER BY d.position) FILTER (WHERE NOT d.has_default)))
                FROM described AS d WHERE d.place = 'body' HAVING count(*) > 0)
            WHEN p_route.body_mode = 'whole' THEN jsonb '{}' END AS schema,
            EXISTS (SELECT FROM described AS d WHERE d.place = 'body' AND NOT d.has_default) OR p_route.body_mode = 'whole' AS required
    ), answer AS (
        SELECT jsonb_build_object(p_route.success_status::text, CASE p_route.response
            WHEN 'empty' THEN jsonb_build_object('description', CASE p_route.success_status WHEN 101 THEN 'The connection is a WebSocket now.' ELSE 'Done.' END)
            ELSE jsonb_build_object('description', p_route.summary || '.', 'content', jsonb_build_object('application/json',
                jsonb_build_object('schema', coalesce(p_route.response_schema, '{}')))) END)
            -- what was accepted may be over when it is answered
            || CASE WHEN p_route.success_status = 202 AND EXISTS (SELECT FROM described AS d WHERE d.name = 'wait')
                THEN jsonb_build_object('200', jsonb_build_object('description', 'It is over.', 'content',
                    jsonb_build_object('application/json', jsonb_build_object('schema', p_route.response_schema))))
                ELSE '{}' END AS success,
            -- 401 also where nobody needs a token: one that is not valid is refused everywhere
            ARRAY['MW500', 'MW503', 'MW504', 'MW400', 'MW401']
                || CASE WHEN p_route.minimum_role <> 'anonymous' THEN ARRAY['MW403'] ELSE '{}' END
                || CASE WHEN p_route.path LIKE '%{%' THEN ARRAY['MW404'] ELSE '{}' END
                || CASE WHEN p_route.body_mode <> 'none' THEN ARRAY['MW408', 'MW413', 'MW415'] ELSE '{}' END
                -- a key that is none is refused, too
                || CASE WHEN p_route.body_mode <> 'none' OR EXISTS (SELECT FROM described)
                    OR p_route.method <> 'GET' AND p_route.is_idempotent THEN ARRAY['MW422'] ELSE '{}' END
                || CASE WHEN p_route.success_status = 101 THEN ARRAY['MW426'] ELSE '{}' END
                || ARRAY['MW429'] || p_route.errors AS codes
    )
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'operationId', coalesce(split_part(p_route.function, '.', 2), p_route.handler),
        'tags', to_jsonb(p_route.tags),
        'summary', p_route.summary,
        'description', concat_ws(E'\n\n', coalesce(p_route.description, obj_description(to_regproc(p_route.function), 'pg_proc')),
            CASE WHEN p_route.minimum_role <> 'anonymous' THEN 'Least role: ' || p_route.minimum_role || '.' END,
            CASE WHEN p_route.rate_limit_per_minute IS NOT NULL THEN
                format('At most %s a minute for one %s.', p_route.rate_limit_per_minute, p_route.rate_limit_scope) END),
        'x-minimum-role', p_route.minimum_role,
        'security', CASE WHEN p_route.minimum_role = 'anonymous' THEN jsonb '[{}, {"bearer": []}, {"apiKey": []}]' END,
        'parameters', nullif(coalesce((
                SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('name', d.name, 'in', d.place,
                    'required', CASE WHEN d.place = 'path' OR NOT d.has_default THEN true END,
                    'deprecated', CASE WHEN d.deprecated THEN true END,
                    'description', d.description)) || jsonb_build_object('schema', coalesce(d.full_schema, '{}')) ORDER BY d.place, d.position)
                FROM named AS d WHERE d.place IN ('path', 'query')), '[]')
            || CASE WHEN p_route.method <> 'GET' AND p_route.is_idempotent
                THEN jsonb '[{"$ref": "#/components/parameters/IdempotencyKey"}]' ELSE '[]' END, '[]'),
        'requestBody', (SELECT jsonb_build_object('required', b.required, 'content', jsonb_build_object(coalesce((
                SELECT c.definition ->> 'x-media-type' FROM api.schema_component AS c
                WHERE c.name = split_part(b.schema ->> '$ref', '/', 4)), 'application/json'),
            jsonb_build_object('schema', b.schema))) FROM body AS b WHERE b.schema IS NOT NULL)))
        || jsonb_build_object('responses', (SELECT a.success || (
            SELECT jsonb_object_agg(substr(c.code, 3), jsonb_build_object('$ref',
                    '#/components/responses/' || CASE WHEN p_route.path ~ '^/v2(/|$)' THEN 'Inference' ELSE '' END || c.code))
            FROM (SELECT DISTINCT unnest(a.codes) AS code) AS c) FROM answer AS a))
$$;
COMMENT ON FUNCTION api.openapi_operation(api.route) IS
    'The OpenAPI operation of one endpoint. The description is the COMMENT on its function.';
REVOKE ALL ON FUNCTION api.openapi_operation(api.route) FROM PUBLIC;
