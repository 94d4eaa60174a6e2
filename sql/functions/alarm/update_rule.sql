CREATE OR REPLACE FUNCTION alarm.update_rule(
    id bigint, changes jsonb, actor text DEFAULT NULL, reason text DEFAULT NULL
)
    RETURNS alarm.rule
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    r alarm.rule;
BEGIN
    SELECT x.* INTO r FROM alarm.rule AS x WHERE x.id = update_rule.id FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM alarm.refuse('MW404', 'id', format('there is no rule %s', update_rule.id));
    END IF;
    RETURN alarm.store_rule(alarm.rule_from_json(r, changes), actor, reason);
END
$$;
COMMENT ON FUNCTION alarm.update_rule(bigint, jsonb, text, text) IS
    'Changes the members of a rule that the JSON object names; returns the rule as it is then. MW404, MW409 name '
    'taken, MW422 names the member at fault.';
REVOKE ALL ON FUNCTION alarm.update_rule(bigint, jsonb, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.update_rule(bigint, jsonb, text, text) TO engineer;
