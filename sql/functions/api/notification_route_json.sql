CREATE OR REPLACE FUNCTION api.notification_route_json(p_route relay.route) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT to_jsonb(p_route)
$$;
COMMENT ON FUNCTION api.notification_route_json(relay.route) IS 'A notification route as clients see it.';
REVOKE ALL ON FUNCTION api.notification_route_json(relay.route) FROM PUBLIC;
