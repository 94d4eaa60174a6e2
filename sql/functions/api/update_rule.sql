CREATE OR REPLACE FUNCTION api.update_rule(id bigint, body jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_members jsonb := api.check_body(body, 'RuleUpdate');
    v_old jsonb := api.get_rule(id) - 'notes';
    v_rule alarm.rule;
BEGIN
    v_rule := alarm.update_rule(id, v_members - 'reason', NULL, v_members ->> 'reason');
    PERFORM auth.audit('rule.update', 'rule', id::text, v_old, api.rule_json(v_rule));
    RETURN api.rule_answer(v_rule);
END
$$;
COMMENT ON FUNCTION api.update_rule(bigint, jsonb) IS
    'Changes the members that the body names and keeps the rest; each change is a new version. reason is kept with it.';
REVOKE ALL ON FUNCTION api.update_rule(bigint, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.update_rule(bigint, jsonb) TO engineer;
