CREATE OR REPLACE FUNCTION api.create_cost(body jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    c_defaults CONSTANT jsonb := jsonb '{"downtime_per_hour": 0}';
    v_new plant.cost;
    v_table text;
    v_constraint text;
BEGIN
    v_new := jsonb_populate_record(NULL::plant.cost, c_defaults || api.check_body(body, 'CostCreate'));
    BEGIN
        INSERT INTO plant.cost (
            equipment_id, equipment_type, component_type, failure, preventive, downtime_per_hour)
        VALUES (
            v_new.equipment_id, v_new.equipment_type, v_new.component_type, v_new.failure, v_new.preventive,
            v_new.downtime_per_hour)
        RETURNING * INTO v_new;
    EXCEPTION WHEN integrity_constraint_violation THEN
        GET STACKED DIAGNOSTICS v_table = TABLE_NAME, v_constraint = CONSTRAINT_NAME;
        PERFORM api.refuse(v_table, v_constraint, SQLSTATE);
        RAISE;
    END;
    PERFORM auth.audit('cost.create', 'cost', v_new.id::text, NULL, api.cost_json(v_new));
    RETURN api.cost_json(v_new);
END
$$;
COMMENT ON FUNCTION api.create_cost(jsonb) IS
    'Adds a row of costs. MW422 and MW409 name the member (COMMENT ON CONSTRAINT in sql/schema/012_plant_lives.sql).';
REVOKE ALL ON FUNCTION api.create_cost(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.create_cost(jsonb) TO engineer;
