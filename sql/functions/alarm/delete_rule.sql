CREATE OR REPLACE FUNCTION alarm.delete_rule(id bigint, actor text DEFAULT NULL, reason text DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM set_config('millwright.actor', coalesce(actor, ''), true),
        set_config('millwright.reason', coalesce(reason, ''), true);
    DELETE FROM alarm.rule AS x WHERE x.id = delete_rule.id;
    IF NOT FOUND THEN
        PERFORM alarm.refuse('MW404', 'id', format('there is no rule %s', delete_rule.id));
    END IF;
    PERFORM set_config('millwright.actor', '', true), set_config('millwright.reason', '', true);
END
$$;
COMMENT ON FUNCTION alarm.delete_rule(bigint, text, text) IS
    'Deletes a rule; its versions stay and alarm.rollback_rule can bring it back. Its open alarms clear within a '
    'second. MW404 unknown rule.';
REVOKE ALL ON FUNCTION alarm.delete_rule(bigint, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.delete_rule(bigint, text, text) TO engineer;
