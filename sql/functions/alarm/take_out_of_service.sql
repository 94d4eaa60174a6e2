CREATE OR REPLACE FUNCTION alarm.take_out_of_service(
    alarm_id bigint, actor text DEFAULT NULL, comment text DEFAULT NULL
) RETURNS alarm.alarm
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    a alarm.alarm;
BEGIN
    a := alarm.hold_row(alarm_id);
    IF a.out_of_service THEN
        PERFORM alarm.refuse('MW409', 'id', format('alarm %s is out of service already', a.id));
    END IF;
    INSERT INTO alarm.hold (signal_id, code, equipment_id, kind, actor, comment)
    VALUES (a.signal_id, a.code, a.equipment_id, 'out_of_service', auth.acting(take_out_of_service.actor),
            take_out_of_service.comment)
    ON CONFLICT DO NOTHING;
    UPDATE alarm.alarm AS x
    SET out_of_service = true, updated_at = clock_timestamp()
    WHERE x.id = a.id
    RETURNING x.* INTO a;
    -- a hold is of the rule and sensor: the alarm that stands there now has it, too
    PERFORM alarm.take_out_of_service(o.id, take_out_of_service.actor, take_out_of_service.comment)
        FROM alarm.alarm AS o
    WHERE o.cleared_at IS NULL AND o.id > a.id AND o.signal_id IS NOT DISTINCT FROM a.signal_id AND o.code = a.code
      AND o.equipment_id IS NOT DISTINCT FROM a.equipment_id AND NOT o.out_of_service;
    PERFORM alarm.record(a, 'out_of_service', actor, comment);
    RETURN a;
END
$$;
COMMENT ON FUNCTION alarm.take_out_of_service(bigint, text, text) IS
    'Takes the alarm of this rule and sensor out of service (a defective sensor, say) until alarm.return_to_service: '
    'it is still recorded but tells nobody. MW404, MW409 out of service already.';
REVOKE ALL ON FUNCTION alarm.take_out_of_service(bigint, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.take_out_of_service(bigint, text, text) TO operator;
