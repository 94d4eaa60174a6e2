CREATE OR REPLACE FUNCTION api.create_maintenance(body jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    c_defaults CONSTANT jsonb := jsonb '{"kind": "window", "suppress_alarms": true, "status": "planned"}';
    v_new plant.maintenance;
BEGIN
    v_new := jsonb_populate_record(NULL::plant.maintenance, c_defaults || api.check_body(body, 'MaintenanceCreate'));
    IF v_new.ends_at <= v_new.starts_at THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'ends_at', MESSAGE = 'ends_at must be later than starts_at';
    END IF;
    BEGIN
        INSERT INTO plant.maintenance (equipment_id, kind, title, description, starts_at, ends_at, suppress_alarms, status, assignee, created_by)
        VALUES (v_new.equipment_id, v_new.kind, v_new.title, v_new.description, v_new.starts_at, v_new.ends_at, v_new.suppress_alarms,
            v_new.status, v_new.assignee, auth.actor())
        RETURNING * INTO v_new;
    EXCEPTION WHEN foreign_key_violation THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'equipment_id', MESSAGE = format('there is no equipment %s', v_new.equipment_id);
    END;
    PERFORM auth.audit('maintenance.create', 'maintenance', v_new.id::text, NULL, api.maintenance_json(v_new));
    RETURN api.maintenance_json(v_new);
END
$$;
COMMENT ON FUNCTION api.create_maintenance(jsonb) IS
    'Plans a maintenance window (suppresses the equipment''s alarms while it is open, unless suppress_alarms is false) or a work order.';
REVOKE ALL ON FUNCTION api.create_maintenance(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.create_maintenance(jsonb) TO operator;
