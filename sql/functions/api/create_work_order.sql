CREATE OR REPLACE FUNCTION api.create_work_order(body jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    c_defaults CONSTANT jsonb := jsonb '{"kind": "preventive", "status": "planned", "basis": {}}';
    v_new plant.work_order;
    v_table text;
    v_constraint text;
BEGIN
    v_new := jsonb_populate_record(NULL::plant.work_order, c_defaults || api.check_body(body, 'WorkOrderCreate'));
    PERFORM plant.check_happened('done_at', v_new.done_at);
    BEGIN
        INSERT INTO plant.work_order (
            equipment_id, component_id, failure_id, maintenance_id, kind, title, description, status,
            planned_from, planned_to, done_at, finding, found, cost, assignee, basis)
        VALUES (
            v_new.equipment_id, v_new.component_id, v_new.failure_id, v_new.maintenance_id, v_new.kind,
            v_new.title, v_new.description, v_new.status, v_new.planned_from, v_new.planned_to, v_new.done_at,
            v_new.finding, v_new.found, v_new.cost, v_new.assignee, v_new.basis)
        RETURNING * INTO v_new;
    EXCEPTION WHEN integrity_constraint_violation THEN
        GET STACKED DIAGNOSTICS v_table = TABLE_NAME, v_constraint = CONSTRAINT_NAME;
        PERFORM api.refuse(v_table, v_constraint, SQLSTATE);
        RAISE;
    END;
    PERFORM auth.audit('work_order.create', 'work_order', v_new.id::text, NULL, api.work_order_json(v_new));
    RETURN api.work_order_json(v_new);
END
$$;
COMMENT ON FUNCTION api.create_work_order(jsonb) IS
    'Adds a work order. MW422 and MW409 name the member (COMMENT ON CONSTRAINT in sql/schema/012_plant_lives.sql).';
REVOKE ALL ON FUNCTION api.create_work_order(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.create_work_order(jsonb) TO engineer;
