CREATE OR REPLACE FUNCTION alarm.return_to_service(
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
    IF NOT a.out_of_service THEN
        PERFORM alarm.refuse('MW409', 'id', format('alarm %s is not out of service', a.id));
    END IF;
    UPDATE alarm.hold AS h
    SET ended_at = clock_timestamp(), ended_by = auth.acting(return_to_service.actor)
    WHERE h.ended_at IS NULL AND h.kind = 'out_of_service' AND h.signal_id IS NOT DISTINCT FROM a.signal_id
      AND h.code = a.code AND h.equipment_id IS NOT DISTINCT FROM a.equipment_id;
    UPDATE alarm.alarm AS x
    SET out_of_service = false, updated_at = clock_timestamp()
    WHERE x.id = a.id
    RETURNING x.* INTO a;
    -- a hold is of the rule and sensor: the alarm that stands there now has inherited it
    PERFORM alarm.return_to_service(o.id, return_to_service.actor, return_to_service.comment) FROM alarm.alarm AS o
    WHERE o.cleared_at IS NULL AND o.id > a.id AND o.signal_id IS NOT DISTINCT FROM a.signal_id AND o.code = a.code
      AND o.equipment_id IS NOT DISTINCT FROM a.equipment_id AND o.out_of_service;
    PERFORM alarm.record(a, 'in_service', actor, comment);
    RETURN a;
END
$$;
COMMENT ON FUNCTION alarm.return_to_service(bigint, text, text) IS
    'Returns the alarm of a rule and sensor to service. MW404, MW409 not out of service.';
REVOKE ALL ON FUNCTION alarm.return_to_service(bigint, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.return_to_service(bigint, text, text) TO operator;
