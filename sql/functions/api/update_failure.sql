CREATE OR REPLACE FUNCTION api.update_failure(id bigint, body jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    v_members jsonb := api.check_body(body, 'FailureUpdate');
    v_old plant.failure;
    v_new plant.failure;
    v_table text;
    v_constraint text;
BEGIN
    SELECT x.* INTO v_old FROM plant.failure AS x WHERE x.id = update_failure.id FOR UPDATE;
    IF v_old.id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = 'there is no failure with this id';
    END IF;
    v_new := jsonb_populate_record(v_old, v_members);
    PERFORM plant.check_happened('failed_at', v_new.failed_at);
    PERFORM plant.check_happened('down_from', v_new.down_from);
    PERFORM plant.check_happened('down_to', v_new.down_to);
    BEGIN
        UPDATE plant.failure AS x SET
            component_id = v_new.component_id, failed_at = v_new.failed_at, down_from = v_new.down_from,
            down_to = v_new.down_to, cause = v_new.cause, description = v_new.description, source = v_new.source
        WHERE x.id = v_old.id RETURNING x.* INTO v_new;
    EXCEPTION WHEN integrity_constraint_violation THEN
        GET STACKED DIAGNOSTICS v_table = TABLE_NAME, v_constraint = CONSTRAINT_NAME;
        PERFORM api.refuse(v_table, v_constraint, SQLSTATE);
        RAISE;
    END;
    PERFORM auth.audit('failure.update', 'failure', v_new.id::text, api.failure_json(v_old), api.failure_json(v_new));
    RETURN api.failure_json(v_new);
END
$$;
COMMENT ON FUNCTION api.update_failure(bigint, jsonb) IS
    'Changes the members that the body names and keeps the rest. MW404; else as api.create_failure.';
REVOKE ALL ON FUNCTION api.update_failure(bigint, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.update_failure(bigint, jsonb) TO operator;
