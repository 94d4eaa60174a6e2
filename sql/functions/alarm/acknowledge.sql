CREATE OR REPLACE FUNCTION alarm.acknowledge(
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
    IF a.acknowledged THEN
        PERFORM alarm.refuse('MW409', 'id', format('alarm %s was acknowledged by %s already', a.id, a.acknowledged_by),
                             'Nothing is left to do.');
    END IF;
    UPDATE alarm.alarm AS x
    SET acknowledged = true, acknowledged_at = clock_timestamp(), acknowledged_by = auth.acting(acknowledge.actor),
        updated_at = clock_timestamp()
    WHERE x.id = a.id
    RETURNING x.* INTO a;
    PERFORM alarm.record(a, 'acknowledged', actor, comment);
    RETURN a;
END
$$;
COMMENT ON FUNCTION alarm.acknowledge(bigint, text, text) IS
    'An operator has seen the alarm: it no longer escalates. It is recorded as the user of the request or the database '
    'login; only thin may name another actor. MW404 unknown alarm, MW409 acknowledged already.';
REVOKE ALL ON FUNCTION alarm.acknowledge(bigint, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.acknowledge(bigint, text, text) TO operator;
