CREATE OR REPLACE FUNCTION alarm.unshelve(
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
    IF a.shelved IS NULL THEN
        PERFORM alarm.refuse('MW409', 'id', format('alarm %s is not shelved', a.id));
    END IF;
    UPDATE alarm.hold AS h
    SET ended_at = clock_timestamp(), ended_by = auth.acting(unshelve.actor)
    WHERE h.ended_at IS NULL AND h.kind IN ('one_shot', 'timed') AND h.signal_id IS NOT DISTINCT FROM a.signal_id
      AND h.code = a.code AND h.equipment_id IS NOT DISTINCT FROM a.equipment_id;
    UPDATE alarm.alarm AS x
    SET shelved = NULL, shelved_until = NULL, updated_at = clock_timestamp()
    WHERE x.id = a.id
    RETURNING x.* INTO a;
    -- a hold is of the rule and sensor: the alarm that stands there now has inherited it
    PERFORM alarm.unshelve(o.id, unshelve.actor, unshelve.comment) FROM alarm.alarm AS o
    WHERE o.cleared_at IS NULL AND o.id > a.id AND o.signal_id IS NOT DISTINCT FROM a.signal_id AND o.code = a.code
      AND o.equipment_id IS NOT DISTINCT FROM a.equipment_id AND o.shelved IS NOT NULL;
    PERFORM alarm.record(a, 'unshelved', actor, comment);
    RETURN a;
END
$$;
COMMENT ON FUNCTION alarm.unshelve(bigint, text, text) IS
    'Ends a shelving before its time. MW404 unknown alarm, MW409 not shelved.';
REVOKE ALL ON FUNCTION alarm.unshelve(bigint, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.unshelve(bigint, text, text) TO operator;
