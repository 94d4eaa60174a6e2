CREATE OR REPLACE FUNCTION api.shaped_route(p_route api.route) RETURNS api.route
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.*
    FROM jsonb_populate_record(p_route, (
        SELECT jsonb_build_object('response_schema', jsonb_build_object('anyOf',
                   jsonb_agg(s.response_schema ORDER BY s.is_default DESC, s.name)))
        FROM api.response_shape AS s WHERE s.method = p_route.method AND s.path = p_route.path
        HAVING count(*) > 0)) AS r
$$;
COMMENT ON FUNCTION api.shaped_route(api.route) IS
    'An endpoint whose answer may have any of its shapes (api.response_shape): as the OpenAPI document shows it. Called '
    'by api.openapi.';
REVOKE ALL ON FUNCTION api.shaped_route(api.route) FROM PUBLIC;
