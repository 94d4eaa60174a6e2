CREATE OR REPLACE FUNCTION api.update_maintenance(id bigint, body jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    v_members jsonb := api.check_body(body, 'MaintenanceUpdate');
    v_old plant.maintenance;
    v_new plant.maintenance;
BEGIN
    SELECT m.* INTO v_old FROM plant.maintenance AS m WHERE m.id = update_maintenance.id FOR UPDATE;
    IF v_old.id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = 'there is no maintenance with this id';
    END IF;
    v_new := jsonb_populate_record(v_old, v_members);
    IF v_new.ends_at <= v_new.starts_at THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'ends_at', MESSAGE = 'ends_at must be later than starts_at';
    END IF;
    UPDATE plant.maintenance AS m SET kind = v_new.kind, title = v_new.title, description = v_new.description, starts_at = v_new.starts_at,
        ends_at = v_new.ends_at, suppress_alarms = v_new.suppress_alarms, status = v_new.status, assignee = v_new.assignee
    WHERE m.id = v_old.id RETURNING m.* INTO v_new;
    PERFORM auth.audit('maintenance.update', 'maintenance', v_new.id::text, api.maintenance_json(v_old), api.maintenance_json(v_new));
    RETURN api.maintenance_json(v_new);
END
$$;
COMMENT ON FUNCTION api.update_maintenance(bigint, jsonb) IS 'Changes the members that the body names and keeps the rest.';
REVOKE ALL ON FUNCTION api.update_maintenance(bigint, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.update_maintenance(bigint, jsonb) TO operator;
