CREATE OR REPLACE FUNCTION api.rollback_rule(id bigint, version integer, reason text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_rule alarm.rule;
BEGIN
    IF length(reason) > 2000 THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'reason', MESSAGE = 'reason must have at most 2000 characters';
    END IF;
    v_rule := alarm.rollback_rule(id, version, NULL, reason);
    PERFORM auth.audit('rule.rollback', 'rule', id::text, NULL, api.rule_json(v_rule));
    RETURN api.rule_answer(v_rule);
END
$$;
COMMENT ON FUNCTION api.rollback_rule(bigint, integer, text) IS
    'Makes a rule again what it was at a version, as a new version; a deleted rule comes back under its id.';
REVOKE ALL ON FUNCTION api.rollback_rule(bigint, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.rollback_rule(bigint, integer, text) TO engineer;
