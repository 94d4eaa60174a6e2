CREATE OR REPLACE FUNCTION alarm.unsuppress(
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
    IF NOT ('operator' = ANY (a.suppressed_by)) THEN
        PERFORM alarm.refuse('MW409', 'id', format('alarm %s is not suppressed by an operator', a.id));
    END IF;
    UPDATE alarm.hold AS h
    SET ended_at = clock_timestamp(), ended_by = auth.acting(unsuppress.actor)
    WHERE h.ended_at IS NULL AND h.kind = 'suppressed' AND h.signal_id IS NOT DISTINCT FROM a.signal_id
      AND h.code = a.code AND h.equipment_id IS NOT DISTINCT FROM a.equipment_id;
    UPDATE alarm.alarm AS x
    SET suppressed_by = array_remove(x.suppressed_by, 'operator'), updated_at = clock_timestamp()
    WHERE x.id = a.id
    RETURNING x.* INTO a;
    -- a hold is of the rule and sensor: the alarm that stands there now has inherited it
    PERFORM alarm.unsuppress(o.id, unsuppress.actor, unsuppress.comment) FROM alarm.alarm AS o
    WHERE o.cleared_at IS NULL AND o.id > a.id AND o.signal_id IS NOT DISTINCT FROM a.signal_id AND o.code = a.code
      AND o.equipment_id IS NOT DISTINCT FROM a.equipment_id AND 'operator' = ANY (o.suppressed_by);
    PERFORM alarm.record(a, 'unsuppressed', actor, comment);
    RETURN a;
END
$$;
COMMENT ON FUNCTION alarm.unsuppress(bigint, text, text) IS
    'Ends an operator''s suppression. MW404, MW409 not suppressed by an operator.';
REVOKE ALL ON FUNCTION alarm.unsuppress(bigint, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.unsuppress(bigint, text, text) TO operator;
