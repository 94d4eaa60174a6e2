CREATE OR REPLACE FUNCTION api.save_notification_route(p_id integer, p_members jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_old relay.route;
    v_new relay.route;
BEGIN
    IF p_id IS NOT NULL THEN
        SELECT * INTO v_old FROM relay.route WHERE id = p_id FOR UPDATE;
        IF v_old.id IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = 'there is no route with this id';
        END IF;
        v_new := jsonb_populate_record(v_old, p_members);
    ELSE
        v_new := jsonb_populate_record(NULL::relay.route, jsonb '{"enabled": true}' || p_members);
    END IF;
    BEGIN
        IF p_id IS NULL THEN
            INSERT INTO relay.route (name, channel_id, kinds, events, severities, equipment_ids, equipment_types, locations, enabled)
            VALUES (v_new.name, v_new.channel_id, v_new.kinds, v_new.events, v_new.severities, v_new.equipment_ids, v_new.equipment_types,
                v_new.locations, v_new.enabled)
            RETURNING * INTO v_new;
        ELSE
            UPDATE relay.route SET name = v_new.name, channel_id = v_new.channel_id, kinds = v_new.kinds, events = v_new.events,
                severities = v_new.severities, equipment_ids = v_new.equipment_ids, equipment_types = v_new.equipment_types,
                locations = v_new.locations, enabled = v_new.enabled
            WHERE id = p_id RETURNING * INTO v_new;
        END IF;
    EXCEPTION
        WHEN unique_violation THEN
            RAISE EXCEPTION USING ERRCODE = 'MW409', COLUMN = 'name', MESSAGE = format('there is a route %s', v_new.name);
        WHEN foreign_key_violation THEN
            RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'channel_id', MESSAGE = format('there is no channel %s', v_new.channel_id);
    END;
    PERFORM auth.audit(CASE WHEN p_id IS NULL THEN 'notification_route.create' ELSE 'notification_route.update' END, 'notification_route',
        v_new.id::text, CASE WHEN p_id IS NOT NULL THEN api.notification_route_json(v_old) END, api.notification_route_json(v_new));
    RETURN api.notification_route_json(v_new);
END
$$;
COMMENT ON FUNCTION api.save_notification_route(integer, jsonb) IS
    'Adds a notification route (no id) or changes one by checked members. Called by api.create_notification_route and api.update_notification_route.';
REVOKE ALL ON FUNCTION api.save_notification_route(integer, jsonb) FROM PUBLIC;
