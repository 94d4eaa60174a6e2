CREATE OR REPLACE VIEW api.route_catalog AS
SELECT
    r.method,
    r.path,
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
    r.lane
FROM api.route AS r
LEFT JOIN pg_catalog.pg_proc AS p
    ON p.pronamespace = to_regnamespace(split_part(r.function, '.', 1)) AND p.proname = split_part(r.function, '.', 2)
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object(
            'name', p.proargnames[i], 'type', pg_catalog.format_type(p.proargtypes[i - 1], NULL),
            'has_default', i > p.pronargs - p.pronargdefaults) ORDER BY i) AS arguments
    FROM generate_series(1, p.pronargs) AS i
) AS a ON true;
COMMENT ON VIEW api.route_catalog IS
    'api.route as thin loads it: each endpoint with the arguments of its function [{name, type, has_default}] from pg_proc. Names may be SQL keywords (limit, end): quote them.';
GRANT SELECT ON api.route_catalog TO thin, viewer;
