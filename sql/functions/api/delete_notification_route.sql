CREATE OR REPLACE FUNCTION api.delete_notification_route(id integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_old relay.route;
BEGIN
    DELETE FROM relay.route AS r WHERE r.id = delete_notification_route.id RETURNING r.* INTO v_old;
    IF v_old.id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = 'there is no route with this id';
    END IF;
    PERFORM auth.audit('notification_route.delete', 'notification_route', v_old.id::text, api.notification_route_json(v_old), NULL);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION api.delete_notification_route(integer) IS 'Deletes a notification route.';
REVOKE ALL ON FUNCTION api.delete_notification_route(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.delete_notification_route(integer) TO admin;
