CREATE OR REPLACE FUNCTION alarm.shelve(
    alarm_id bigint, duration interval, actor text DEFAULT NULL, comment text DEFAULT NULL,
    one_shot boolean DEFAULT false
) RETURNS alarm.alarm
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    a alarm.alarm;
    v_maximum interval := ops.setting_interval('alarm.shelve_maximum');
BEGIN
    a := alarm.hold_row(alarm_id);
    IF duration IS NULL OR duration <= INTERVAL '0' OR duration > v_maximum THEN
        PERFORM alarm.refuse('MW422', 'duration',
                             format('an alarm can be shelved for more than 0 and at most %s', v_maximum),
            'The setting alarm.shelve_maximum holds the limit. To keep an alarm away for longer take it out of '
            'service.');
    ELSIF NOT a.active THEN
        PERFORM alarm.refuse('MW409', 'id', format('alarm %s has cleared', a.id),
                             'Only an active alarm can be shelved.');
    ELSIF a.shelved IS NOT NULL THEN
        PERFORM alarm.refuse('MW409', 'id', format('alarm %s is shelved until %s already', a.id, a.shelved_until),
                             'Unshelve it first.');
    END IF;
    INSERT INTO alarm.hold (signal_id, code, equipment_id, kind, until, actor, comment)
    VALUES (a.signal_id, a.code, a.equipment_id, CASE WHEN one_shot THEN 'one_shot' ELSE 'timed' END,
            clock_timestamp() + duration, auth.acting(shelve.actor), shelve.comment);
    UPDATE alarm.alarm AS x
    SET shelved = CASE WHEN one_shot THEN 'one_shot' ELSE 'timed' END, shelved_until = clock_timestamp() + duration,
        updated_at = clock_timestamp()
    WHERE x.id = a.id
    RETURNING x.* INTO a;
    PERFORM alarm.record(a, 'shelved', actor, comment);
    RETURN a;
END
$$;
COMMENT ON FUNCTION alarm.shelve(bigint, interval, text, text, boolean) IS
    'Keeps an alarm, and its successors from the same rule and sensor, from the operators for a while: for duration, '
    'or (one_shot) until it clears but at most duration. MW404, MW409 cleared or shelved already, MW422 duration '
    'beyond alarm.shelve_maximum.';
REVOKE ALL ON FUNCTION alarm.shelve(bigint, interval, text, text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.shelve(bigint, interval, text, text, boolean) TO operator;
