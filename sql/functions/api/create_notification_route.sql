CREATE OR REPLACE FUNCTION api.create_notification_route(body jsonb) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.save_notification_route(NULL, api.check_body(body, 'NotificationRouteCreate'))
$$;
COMMENT ON FUNCTION api.create_notification_route(jsonb) IS
    'Sends notifications to a channel. A list that is null means any; all lists must match.';
REVOKE ALL ON FUNCTION api.create_notification_route(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.create_notification_route(jsonb) TO admin;
