CREATE OR REPLACE FUNCTION api.create_failure(body jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    c_defaults CONSTANT jsonb := jsonb '{}';
    v_new plant.failure;
    v_table text;
    v_constraint text;
BEGIN
    v_new := jsonb_populate_record(NULL::plant.failure, c_defaults || api.check_body(body, 'FailureCreate'));
    PERFORM plant.check_happened('failed_at', v_new.failed_at);
    PERFORM plant.check_happened('down_from', v_new.down_from);
    PERFORM plant.check_happened('down_to', v_new.down_to);
    BEGIN
        INSERT INTO plant.failure (
            equipment_id, component_id, failed_at, down_from, down_to, cause, description, source)
        VALUES (
            v_new.equipment_id, v_new.component_id, v_new.failed_at, v_new.down_from, v_new.down_to,
            v_new.cause, v_new.description, v_new.source)
        RETURNING * INTO v_new;
    EXCEPTION WHEN integrity_constraint_violation THEN
        GET STACKED DIAGNOSTICS v_table = TABLE_NAME, v_constraint = CONSTRAINT_NAME;
        PERFORM api.refuse(v_table, v_constraint, SQLSTATE);
        RAISE;
    END;
    PERFORM auth.audit('failure.create', 'failure', v_new.id::text, NULL, api.failure_json(v_new));
    RETURN api.failure_json(v_new);
END
$$;
COMMENT ON FUNCTION api.create_failure(jsonb) IS
    'Adds a failure. MW422 and MW409 name the member (COMMENT ON CONSTRAINT in sql/schema/012_plant_lives.sql).';
REVOKE ALL ON FUNCTION api.create_failure(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.create_failure(jsonb) TO operator;
