CREATE OR REPLACE FUNCTION api.update_component(id bigint, body jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    v_members jsonb := api.check_body(body, 'ComponentUpdate');
    v_old plant.component;
    v_new plant.component;
    v_table text;
    v_constraint text;
BEGIN
    SELECT x.* INTO v_old FROM plant.component AS x WHERE x.id = update_component.id FOR UPDATE;
    IF v_old.id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = 'there is no component with this id';
    END IF;
    v_new := jsonb_populate_record(v_old, v_members);
    BEGIN
        UPDATE plant.component AS x SET
            name = v_new.name, type = v_new.type, description = v_new.description
        WHERE x.id = v_old.id RETURNING x.* INTO v_new;
    EXCEPTION WHEN integrity_constraint_violation THEN
        GET STACKED DIAGNOSTICS v_table = TABLE_NAME, v_constraint = CONSTRAINT_NAME;
        PERFORM api.refuse(v_table, v_constraint, SQLSTATE);
        RAISE;
    END;
    PERFORM auth.audit('component.update', 'component', v_new.id::text, api.component_json(v_old),
                       api.component_json(v_new));
    RETURN api.component_json(v_new);
END
$$;
COMMENT ON FUNCTION api.update_component(bigint, jsonb) IS
    'Changes the members that the body names and keeps the rest. MW404; else as api.create_component.';
REVOKE ALL ON FUNCTION api.update_component(bigint, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.update_component(bigint, jsonb) TO engineer;
