CREATE OR REPLACE FUNCTION api.update_system_condition(name text, body jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_members jsonb := api.check_body(body, 'SystemConditionUpdate');
    v_old alarm.system_condition;
    v_new alarm.system_condition;
BEGIN
    SELECT c.* INTO v_old FROM alarm.system_condition AS c WHERE c.name = update_system_condition.name FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = format('there is no system condition "%s"', update_system_condition.name),
            COLUMN = 'name';
    END IF;
    v_new := jsonb_populate_record(v_old, v_members);
    UPDATE alarm.system_condition AS c
    SET enabled = v_new.enabled, high = v_new.high, high_high = v_new.high_high, deadband = v_new.deadband, severity = v_new.severity,
        severity_high_high = v_new.severity_high_high, on_delay = v_new.on_delay, off_delay = v_new.off_delay, period = v_new.period,
        minimum = v_new.minimum, every = v_new.every, degrades_health = v_new.degrades_health
    WHERE c.name = v_old.name
    RETURNING c.* INTO v_new;
    PERFORM auth.audit('system_condition.update', 'system_condition', v_old.name,
        to_jsonb(v_old) - 'measure', to_jsonb(v_new) - 'measure');
    RETURN api.system_condition_json(v_new);
END
$$;
COMMENT ON FUNCTION api.update_system_condition(text, jsonb) IS
    'Changes the members of a system condition that the body names. What stands is judged by it within seconds.';
REVOKE ALL ON FUNCTION api.update_system_condition(text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.update_system_condition(text, jsonb) TO engineer;
