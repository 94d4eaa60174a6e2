CREATE OR REPLACE VIEW api.route_catalog AS
SELECT
    r.method,
    p.path,
    split_part(r.function, '.', 1) AS function_schema,
    split_part(r.function, '.', 2) AS function_name,
    r.handler,
    r.minimum_role,
    r.success_status,
    r.body_mode,
    r.body_argument,
    coalesce(a.arguments, '[]') AS arguments,
    r.rate_limit_per_minute,
    r.rate_limit_scope,
    r.max_body_bytes,
    r.response,
    r.summary,
    r.tags,
    r.timeout_ms,
    r.is_idempotent,
    r.lane,
    coalesce(n.aliases, '[]') AS aliases,
    coalesce(s.shapes, '[]') AS shapes
FROM api.route AS r
-- further paths are answered as the first one is
CROSS JOIN LATERAL (
    SELECT r.path
    UNION ALL
    SELECT o.alias FROM api.path_alias AS o WHERE o.method = r.method AND o.path = r.path
) AS p
LEFT JOIN pg_catalog.pg_proc AS f
    ON f.pronamespace = to_regnamespace(split_part(r.function, '.', 1)) AND f.proname = split_part(r.function, '.', 2)
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object(
            'name', f.proargnames[i], 'type', pg_catalog.format_type(f.proargtypes[i - 1], NULL),
            'has_default', i > f.pronargs - f.pronargdefaults) ORDER BY i) AS arguments
    FROM generate_series(1, f.pronargs) AS i
) AS a ON true
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('name', o.alias, 'member', o.member, 'meanings', coalesce(o.meanings, '{}'))
                     ORDER BY o.alias) AS aliases
    FROM api.parameter_alias AS o WHERE o.method = r.method AND o.path = r.path
) AS n ON true
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('name', o.name, 'function_schema', split_part(o.function, '.', 1),
                                        'function_name', split_part(o.function, '.', 2), 'is_default', o.is_default)
                     ORDER BY o.is_default DESC, o.name) AS shapes
    FROM api.response_shape AS o WHERE o.method = r.method AND o.path = r.path
) AS s ON true;
COMMENT ON VIEW api.route_catalog IS
    'api.route as thin loads it: each endpoint with the arguments of its function [{name, type, has_default}] from pg_proc, its further paths, names and shapes. Names may be SQL keywords (limit, end): quote them.';
GRANT SELECT ON api.route_catalog TO thin, viewer;
