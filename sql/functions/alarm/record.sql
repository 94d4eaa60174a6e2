CREATE OR REPLACE FUNCTION alarm.record(a alarm.alarm, kind text, actor text, comment text) RETURNS bigint
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_id bigint;
BEGIN
    INSERT INTO alarm.transition (alarm_id, kind, occurred_at, actor, comment, severity, level, value, limit_value,
                                  data)
    VALUES (a.id, record.kind, clock_timestamp(), auth.acting(record.actor), nullif(btrim(record.comment), ''),
            a.severity, a.level, a.value, a.limit_value, nullif(a.data, '{}'))
    RETURNING id INTO v_id;
    PERFORM alarm.announce(ARRAY[v_id]);
    RETURN v_id;
END
$$;
COMMENT ON FUNCTION alarm.record(alarm.alarm, text, text, text) IS
    'Writes one transition of an alarm and tells it to whom the rule wants it told; returns alarm.transition.id.';
REVOKE ALL ON FUNCTION alarm.record(alarm.alarm, text, text, text) FROM PUBLIC;
