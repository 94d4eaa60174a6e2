CREATE OR REPLACE FUNCTION api.update_cost(id bigint, body jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    v_members jsonb := api.check_body(body, 'CostUpdate');
    v_old plant.cost;
    v_new plant.cost;
    v_table text;
    v_constraint text;
BEGIN
    SELECT x.* INTO v_old FROM plant.cost AS x WHERE x.id = update_cost.id FOR UPDATE;
    IF v_old.id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = 'there is no row of costs with this id';
    END IF;
    v_new := jsonb_populate_record(v_old, v_members);
    BEGIN
        UPDATE plant.cost AS x SET
            failure = v_new.failure, preventive = v_new.preventive, downtime_per_hour = v_new.downtime_per_hour
        WHERE x.id = v_old.id RETURNING x.* INTO v_new;
    EXCEPTION WHEN integrity_constraint_violation THEN
        GET STACKED DIAGNOSTICS v_table = TABLE_NAME, v_constraint = CONSTRAINT_NAME;
        PERFORM api.refuse(v_table, v_constraint, SQLSTATE);
        RAISE;
    END;
    PERFORM auth.audit('cost.update', 'cost', v_new.id::text, api.cost_json(v_old), api.cost_json(v_new));
    RETURN api.cost_json(v_new);
END
$$;
COMMENT ON FUNCTION api.update_cost(bigint, jsonb) IS
    'Changes the members that the body names and keeps the rest. MW404; else as api.create_cost.';
REVOKE ALL ON FUNCTION api.update_cost(bigint, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.update_cost(bigint, jsonb) TO engineer;
