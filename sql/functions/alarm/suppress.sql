CREATE OR REPLACE FUNCTION alarm.suppress(
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
    IF 'operator' = ANY (a.suppressed_by) THEN
        PERFORM alarm.refuse('MW409', 'id', format('alarm %s is suppressed by an operator already', a.id));
    END IF;
    INSERT INTO alarm.hold (signal_id, code, equipment_id, kind, actor, comment)
    VALUES (a.signal_id, a.code, a.equipment_id, 'suppressed', auth.acting(suppress.actor), suppress.comment)
    ON CONFLICT DO NOTHING;
    UPDATE alarm.alarm AS x
    SET suppressed_by = x.suppressed_by || 'operator'::text, updated_at = clock_timestamp()
    WHERE x.id = a.id
    RETURNING x.* INTO a;
    -- a hold is of the rule and sensor: the alarm that stands there now has it, too
    PERFORM alarm.suppress(o.id, suppress.actor, suppress.comment) FROM alarm.alarm AS o
    WHERE o.cleared_at IS NULL AND o.id > a.id AND o.signal_id IS NOT DISTINCT FROM a.signal_id AND o.code = a.code
      AND o.equipment_id IS NOT DISTINCT FROM a.equipment_id AND NOT ('operator' = ANY (o.suppressed_by));
    PERFORM alarm.record(a, 'suppressed', actor, comment);
    RETURN a;
END
$$;
COMMENT ON FUNCTION alarm.suppress(bigint, text, text) IS
    'Suppresses an alarm and its successors from the same rule and sensor until alarm.unsuppress. Maintenance windows, '
    'parent alarms and floods suppress by themselves. MW404, MW409 suppressed already.';
REVOKE ALL ON FUNCTION alarm.suppress(bigint, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.suppress(bigint, text, text) TO operator;
