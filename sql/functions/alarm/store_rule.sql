CREATE OR REPLACE FUNCTION alarm.store_rule(r alarm.rule, actor text, reason text) RETURNS alarm.rule
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_stored alarm.rule;
BEGIN
    PERFORM set_config('millwright.actor', coalesce(actor, ''), true),
        set_config('millwright.reason', coalesce(reason, ''), true);
    UPDATE alarm.rule AS x
    SET name = (r).name, description = (r).description, owner = (r).owner, enabled = (r).enabled,
        condition = (r).condition, low_low = (r).low_low, low = (r).low, high = (r).high, high_high = (r).high_high,
        deadband = (r).deadband, severity = (r).severity, severity_low_low = (r).severity_low_low,
        severity_low = (r).severity_low, severity_high = (r).severity_high,
        severity_high_high = (r).severity_high_high, on_delay = (r).on_delay, off_delay = (r).off_delay,
        re_alarm = (r).re_alarm, escalate_after = (r).escalate_after, escalate_to = (r).escalate_to,
        latched = (r).latched, chatter_count = (r).chatter_count, chatter_window = (r).chatter_window,
        chatter_quiet = (r).chatter_quiet, parameters = (r).parameters, select_equipment = (r).select_equipment,
        select_equipment_type = (r).select_equipment_type, select_location = (r).select_location,
        select_tags = (r).select_tags, select_sensor = (r).select_sensor,
        select_sensor_type = (r).select_sensor_type, family = (r).family, parent_rule = (r).parent_rule,
        message = (r).message, notify = (r).notify
    WHERE x.id = (r).id
    RETURNING x.* INTO v_stored;
    IF NOT FOUND THEN
        INSERT INTO alarm.rule AS x (
            id, name, description, owner, enabled, condition, low_low, low, high, high_high, deadband, severity,
        severity_low_low, severity_low, severity_high, severity_high_high, on_delay, off_delay, re_alarm,
        escalate_after, escalate_to, latched, chatter_count, chatter_window, chatter_quiet, parameters,
        select_equipment, select_equipment_type, select_location, select_tags, select_sensor, select_sensor_type,
        family, parent_rule, message, notify)
        OVERRIDING SYSTEM VALUE
        VALUES (
            coalesce((r).id, nextval('alarm.rule_id_seq')), (r).name, (r).description, (r).owner, (r).enabled,
            (r).condition, (r).low_low, (r).low, (r).high,
        (r).high_high, (r).deadband, (r).severity, (r).severity_low_low, (r).severity_low, (r).severity_high,
        (r).severity_high_high, (r).on_delay, (r).off_delay, (r).re_alarm, (r).escalate_after, (r).escalate_to,
        (r).latched, (r).chatter_count, (r).chatter_window, (r).chatter_quiet, (r).parameters, (r).select_equipment,
        (r).select_equipment_type, (r).select_location, (r).select_tags, (r).select_sensor, (r).select_sensor_type,
        (r).family, (r).parent_rule, (r).message, (r).notify)
        RETURNING x.* INTO v_stored;
    END IF;
    PERFORM set_config('millwright.actor', '', true), set_config('millwright.reason', '', true);
    RETURN v_stored;
EXCEPTION
    WHEN unique_violation THEN
        PERFORM alarm.refuse('MW409', 'name', format('there is a rule "%s" already', (r).name),
                             'Choose another name, or change that rule.');
    WHEN not_null_violation OR check_violation OR foreign_key_violation THEN
        DECLARE
            v_column text;
            v_message text;
        BEGIN
            GET STACKED DIAGNOSTICS v_column = COLUMN_NAME, v_message = MESSAGE_TEXT;
            IF v_column = '' THEN
                GET STACKED DIAGNOSTICS v_column = CONSTRAINT_NAME;
                v_column := regexp_replace(v_column, '^rule_(.*)_(check|fkey)$', '\1');
            END IF;
            PERFORM alarm.refuse('MW422', v_column, v_message);
        END;
END
$$;
COMMENT ON FUNCTION alarm.store_rule(alarm.rule, text, text) IS
    'Inserts or replaces a rule in the name of an actor, with the reason for its version. MW409 name taken, MW422 '
    'refused (with the member).';
REVOKE ALL ON FUNCTION alarm.store_rule(alarm.rule, text, text) FROM PUBLIC;
