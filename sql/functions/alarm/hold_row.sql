CREATE OR REPLACE FUNCTION alarm.hold_row(alarm_id bigint) RETURNS alarm.alarm
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    a alarm.alarm;
BEGIN
    SELECT x.* INTO a FROM alarm.alarm AS x WHERE x.id = alarm_id FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM alarm.refuse('MW404', 'id', format('there is no alarm %s', alarm_id));
    END IF;
    RETURN a;
END
$$;
COMMENT ON FUNCTION alarm.hold_row(bigint) IS 'Locks an alarm for an operator''s act; MW404 where there is none.';
REVOKE ALL ON FUNCTION alarm.hold_row(bigint) FROM PUBLIC;
