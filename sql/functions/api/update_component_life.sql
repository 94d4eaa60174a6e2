CREATE OR REPLACE FUNCTION api.update_component_life(id bigint, body jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    v_members jsonb := api.check_body(body, 'ComponentLifeUpdate');
    v_old plant.component_life;
    v_new plant.component_life;
    v_table text;
    v_constraint text;
BEGIN
    SELECT x.* INTO v_old FROM plant.component_life AS x WHERE x.id = update_component_life.id FOR UPDATE;
    IF v_old.id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = 'there is no life with this id';
    END IF;
    v_new := jsonb_populate_record(v_old, v_members);
    PERFORM plant.check_happened('installed_at', v_new.installed_at);
    PERFORM plant.check_happened('removed_at', v_new.removed_at);
    BEGIN
        UPDATE plant.component_life AS x SET
            installed_at = v_new.installed_at, removed_at = v_new.removed_at, end_reason = v_new.end_reason,
            age_hours = v_new.age_hours, part = v_new.part, serial_number = v_new.serial_number,
            note = v_new.note, source = v_new.source
        WHERE x.id = v_old.id RETURNING x.* INTO v_new;
    EXCEPTION WHEN integrity_constraint_violation THEN
        GET STACKED DIAGNOSTICS v_table = TABLE_NAME, v_constraint = CONSTRAINT_NAME;
        PERFORM api.refuse(v_table, v_constraint, SQLSTATE);
        RAISE;
    END;
    PERFORM auth.audit('component_life.update', 'component_life', v_new.id::text, api.component_life_json(v_old),
                       api.component_life_json(v_new));
    RETURN api.component_life_json(v_new);
END
$$;
COMMENT ON FUNCTION api.update_component_life(bigint, jsonb) IS
    'Changes the members that the body names and keeps the rest. MW404; else as api.create_component_life.';
REVOKE ALL ON FUNCTION api.update_component_life(bigint, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.update_component_life(bigint, jsonb) TO engineer;
