CREATE OR REPLACE FUNCTION alarm.rollback_rule(
    id bigint, version integer, actor text DEFAULT NULL, reason text DEFAULT NULL
)
    RETURNS alarm.rule
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    r alarm.rule;
BEGIN
    SELECT (jsonb_populate_record(NULL::alarm.rule, v.definition)).* INTO r
    FROM alarm.rule_version AS v
    WHERE v.rule_id = rollback_rule.id AND v.version = rollback_rule.version;
    IF NOT FOUND THEN
        PERFORM alarm.refuse('MW404', 'version',
                             format('rule %s has no version %s', rollback_rule.id, rollback_rule.version));
    END IF;
    RETURN alarm.store_rule(r, actor, coalesce(reason, format('back to version %s', rollback_rule.version)));
END
$$;
COMMENT ON FUNCTION alarm.rollback_rule(bigint, integer, text, text) IS
    'Makes a rule again what it was at a version (as a new version); a deleted rule comes back under its id. MW404 '
    'unknown version, MW422 where that version would be refused today.';
REVOKE ALL ON FUNCTION alarm.rollback_rule(bigint, integer, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.rollback_rule(bigint, integer, text, text) TO engineer;
