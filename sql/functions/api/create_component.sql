CREATE OR REPLACE FUNCTION api.create_component(body jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    c_defaults CONSTANT jsonb := jsonb '{"type": "unknown"}';
    v_new plant.component;
    v_table text;
    v_constraint text;
BEGIN
    v_new := jsonb_populate_record(NULL::plant.component, c_defaults || api.check_body(body, 'ComponentCreate'));
    BEGIN
        INSERT INTO plant.component (
            equipment_id, name, type, description)
        VALUES (
            v_new.equipment_id, v_new.name, v_new.type, v_new.description)
        RETURNING * INTO v_new;
    EXCEPTION WHEN integrity_constraint_violation THEN
        GET STACKED DIAGNOSTICS v_table = TABLE_NAME, v_constraint = CONSTRAINT_NAME;
        PERFORM api.refuse(v_table, v_constraint, SQLSTATE);
        RAISE;
    END;
    PERFORM auth.audit('component.create', 'component', v_new.id::text, NULL, api.component_json(v_new));
    RETURN api.component_json(v_new);
END
$$;
COMMENT ON FUNCTION api.create_component(jsonb) IS
    'Adds a component. MW422 and MW409 name the member (COMMENT ON CONSTRAINT in sql/schema/012_plant_lives.sql).';
REVOKE ALL ON FUNCTION api.create_component(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.create_component(jsonb) TO engineer;
