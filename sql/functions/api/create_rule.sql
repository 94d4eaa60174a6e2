CREATE OR REPLACE FUNCTION api.create_rule(body jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_members jsonb := api.check_body(body, 'RuleCreate');
    v_id bigint;
BEGIN
    v_id := alarm.create_rule(v_members - 'reason', NULL, v_members ->> 'reason');
    PERFORM auth.audit('rule.create', 'rule', v_id::text, NULL, v_members);
    RETURN api.get_rule(v_id);
END
$$;
COMMENT ON FUNCTION api.create_rule(jsonb) IS
    'Adds an alarm rule. It watches every sensor that all its select_ members fit, from now on. reason is kept with the version.';
REVOKE ALL ON FUNCTION api.create_rule(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.create_rule(jsonb) TO engineer;
