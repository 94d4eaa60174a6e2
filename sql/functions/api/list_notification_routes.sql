CREATE OR REPLACE FUNCTION api.list_notification_routes() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object('items', coalesce(jsonb_agg(api.notification_route_json(r) ORDER BY r.id), '[]'), 'total', count(*),
        'next_cursor', NULL)
    FROM relay.route AS r
$$;
COMMENT ON FUNCTION api.list_notification_routes() IS 'Which notifications go to which channel.';
REVOKE ALL ON FUNCTION api.list_notification_routes() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_notification_routes() TO engineer;
