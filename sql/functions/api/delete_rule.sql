CREATE OR REPLACE FUNCTION api.delete_rule(id bigint, reason text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_old jsonb := api.get_rule(id);
BEGIN
    IF length(reason) > 2000 THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'reason', MESSAGE = 'reason must have at most 2000 characters';
    END IF;
    PERFORM alarm.delete_rule(id, NULL, reason);
    PERFORM auth.audit('rule.delete', 'rule', id::text, v_old, NULL);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION api.delete_rule(bigint, text) IS
    'Deletes an alarm rule; its versions and its alarms stay, and POST rules/{id}/rollback brings it back. To stop it for a while set enabled to false.';
REVOKE ALL ON FUNCTION api.delete_rule(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.delete_rule(bigint, text) TO engineer;
