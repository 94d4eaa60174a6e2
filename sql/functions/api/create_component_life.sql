CREATE OR REPLACE FUNCTION api.create_component_life(body jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    c_defaults CONSTANT jsonb := jsonb '{"age_hours": 0}';
    v_new plant.component_life;
    v_table text;
    v_constraint text;
BEGIN
    v_new := jsonb_populate_record(NULL::plant.component_life,
                                   c_defaults || api.check_body(body, 'ComponentLifeCreate'));
    PERFORM plant.check_happened('installed_at', v_new.installed_at);
    PERFORM plant.check_happened('removed_at', v_new.removed_at);
    BEGIN
        INSERT INTO plant.component_life (
            component_id, installed_at, removed_at, end_reason, age_hours, part, serial_number, note, source)
        VALUES (
            v_new.component_id, v_new.installed_at, v_new.removed_at, v_new.end_reason, v_new.age_hours,
            v_new.part, v_new.serial_number, v_new.note, v_new.source)
        RETURNING * INTO v_new;
    EXCEPTION WHEN integrity_constraint_violation THEN
        GET STACKED DIAGNOSTICS v_table = TABLE_NAME, v_constraint = CONSTRAINT_NAME;
        PERFORM api.refuse(v_table, v_constraint, SQLSTATE);
        RAISE;
    END;
    PERFORM auth.audit('component_life.create', 'component_life', v_new.id::text, NULL, api.component_life_json(v_new));
    RETURN api.component_life_json(v_new);
END
$$;
COMMENT ON FUNCTION api.create_component_life(jsonb) IS
    'Adds a life. MW422 and MW409 name the member (COMMENT ON CONSTRAINT in sql/schema/012_plant_lives.sql).';
REVOKE ALL ON FUNCTION api.create_component_life(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.create_component_life(jsonb) TO engineer;
