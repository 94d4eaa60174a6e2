CREATE OR REPLACE FUNCTION alarm.confirm(
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
    IF NOT a.acknowledged THEN
        PERFORM alarm.refuse('MW409', 'id', format('alarm %s is not acknowledged yet', a.id), 'Acknowledge it first.');
    ELSIF a.confirmed THEN
        PERFORM alarm.refuse('MW409', 'id', format('alarm %s was confirmed by %s already', a.id, a.confirmed_by),
                             'Nothing is left to do.');
    END IF;
    UPDATE alarm.alarm AS x
    SET confirmed = true, confirmed_at = clock_timestamp(), confirmed_by = auth.acting(confirm.actor),
        updated_at = clock_timestamp()
    WHERE x.id = a.id
    RETURNING x.* INTO a;
    PERFORM alarm.record(a, 'confirmed', actor, comment);
    RETURN a;
END
$$;
COMMENT ON FUNCTION alarm.confirm(bigint, text, text) IS
    'An operator says that what the alarm asked for was done. MW404 unknown alarm, MW409 not acknowledged yet or '
    'confirmed already.';
REVOKE ALL ON FUNCTION alarm.confirm(bigint, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.confirm(bigint, text, text) TO operator;
