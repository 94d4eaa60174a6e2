CREATE OR REPLACE FUNCTION ml.rollback_alias(
    equipment_id text, power text, alias text, reason text DEFAULT NULL, actor text DEFAULT NULL
) RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_last ml.model_alias_history;
BEGIN
    PERFORM ops.lock('ml.alias:' || md5(rollback_alias.equipment_id || '/' || rollback_alias.power));
    -- the newest change that still stands: a second rollback goes one further back, not forth again
    SELECT h.* INTO v_last
    FROM ml.model_alias_history AS h
    WHERE h.equipment_id = rollback_alias.equipment_id AND h.power = rollback_alias.power AND h.alias = rollback_alias.alias
      AND h.undoes IS NULL AND NOT EXISTS (SELECT FROM ml.model_alias_history AS u WHERE u.undoes = h.id)
    ORDER BY h.id DESC
    LIMIT 1;
    IF v_last.previous_version IS NULL THEN
        PERFORM alarm.refuse('MW409', 'alias', format('%s %s has no earlier %s to go back to', rollback_alias.equipment_id,
            rollback_alias.power, rollback_alias.alias), 'ml.model_alias_history shows what there was; ml.set_alias names a version.');
    END IF;
    PERFORM ml.move_alias(v_last.equipment_id, v_last.power, v_last.alias, v_last.previous_version, rollback_alias.reason,
                          auth.acting(rollback_alias.actor), v_last.id);
    RETURN v_last.previous_version;
END
$$;
COMMENT ON FUNCTION ml.rollback_alias(text, text, text, text, text) IS
    'Takes the last change of an alias back and returns the version that it names again; once more goes one further back. MW409: there is no earlier version, or it is not ready.';
REVOKE ALL ON FUNCTION ml.rollback_alias(text, text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.rollback_alias(text, text, text, text, text) TO engineer;
