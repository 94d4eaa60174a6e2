CREATE OR REPLACE FUNCTION api.update_work_order(id bigint, body jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    v_members jsonb := api.check_body(body, 'WorkOrderUpdate');
    v_old plant.work_order;
    v_new plant.work_order;
    v_table text;
    v_constraint text;
BEGIN
    SELECT x.* INTO v_old FROM plant.work_order AS x WHERE x.id = update_work_order.id FOR UPDATE;
    IF v_old.id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = 'there is no work order with this id';
    END IF;
    v_new := jsonb_populate_record(v_old, v_members);
    PERFORM plant.check_happened('done_at', v_new.done_at);
    BEGIN
        UPDATE plant.work_order AS x SET
            component_id = v_new.component_id, failure_id = v_new.failure_id,
            maintenance_id = v_new.maintenance_id, kind = v_new.kind, title = v_new.title,
            description = v_new.description, status = v_new.status, planned_from = v_new.planned_from,
            planned_to = v_new.planned_to, done_at = v_new.done_at, finding = v_new.finding,
            found = v_new.found, cost = v_new.cost, assignee = v_new.assignee, basis = v_new.basis
        WHERE x.id = v_old.id RETURNING x.* INTO v_new;
    EXCEPTION WHEN integrity_constraint_violation THEN
        GET STACKED DIAGNOSTICS v_table = TABLE_NAME, v_constraint = CONSTRAINT_NAME;
        PERFORM api.refuse(v_table, v_constraint, SQLSTATE);
        RAISE;
    END;
    PERFORM auth.audit('work_order.update', 'work_order', v_new.id::text, api.work_order_json(v_old),
                       api.work_order_json(v_new));
    RETURN api.work_order_json(v_new);
END
$$;
COMMENT ON FUNCTION api.update_work_order(bigint, jsonb) IS
    'Changes the members that the body names and keeps the rest. MW404; else as api.create_work_order.';
REVOKE ALL ON FUNCTION api.update_work_order(bigint, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.update_work_order(bigint, jsonb) TO engineer;
