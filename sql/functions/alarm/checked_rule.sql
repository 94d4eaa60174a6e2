CREATE OR REPLACE FUNCTION alarm.checked_rule(rule bigint, changes jsonb) RETURNS alarm.rule
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    r alarm.rule;
BEGIN
    SELECT x.* INTO r FROM alarm.rule AS x WHERE x.id = checked_rule.rule;
    IF NOT FOUND THEN
        PERFORM alarm.refuse('MW404', 'rule', format('there is no rule %s', checked_rule.rule));
    END IF;
    IF changes IS NOT NULL AND changes <> '{}' THEN
        r := alarm.rule_from_json(r, changes);
    END IF;
    -- before the server plans SQL that a reader made up
    IF EXISTS (SELECT FROM alarm.condition AS c WHERE c.name = r.condition AND c.series IS NULL) THEN
        PERFORM alarm.refuse('MW422', 'rule', format('condition %s has no history to test against', r.condition));
    END IF;
    RETURN alarm.validate(r);
END
$$;
COMMENT ON FUNCTION alarm.checked_rule(bigint, jsonb) IS
    'A rule with changes laid over it, refused as a write of it would be (MW404, MW422), but written nowhere; for '
    'backtests, so conditions without history are refused, too.';
REVOKE ALL ON FUNCTION alarm.checked_rule(bigint, jsonb) FROM PUBLIC;
