CREATE OR REPLACE FUNCTION alarm.standing(g alarm.signal, s alarm.state, "until" timestamptz)
    RETURNS TABLE ("time" timestamptz, value float8)
    LANGUAGE plpgsql STABLE ROWS 1
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    c alarm.condition;
    l telemetry.latest;
    v_from timestamptz;
BEGIN
    SELECT x.* INTO c FROM alarm.condition AS x WHERE x.name = g.condition;
    IF NOT c.stands THEN
        RETURN;
    ELSIF NOT g.live AND c.judged NOT IN ('clock', 'sample') THEN
        -- silence, verdicts, estimates: the number that was judged last, if any was
        RETURN QUERY SELECT s.last_time, s.last_value WHERE s.last_value IS NOT NULL;
        RETURN;
    END IF;
    SELECT t.* INTO l FROM telemetry.latest AS t WHERE t.sensor_id = g.sensor_id AND isfinite(t.time);
    IF l.quality >= 2 THEN
        -- what stands is the last value that its sender vouches for
        SELECT d.time, d.value INTO l.time, l.value FROM telemetry.reading AS d
        WHERE d.sensor_id = g.sensor_id AND d.time <= l.time AND d.quality < 2 AND NOT d.is_historical
        ORDER BY d.time DESC LIMIT 1;
    END IF;
    IF l.time IS NULL THEN
        RETURN;
    ELSIF g.live THEN
        RETURN QUERY SELECT l.time, l.value;
    ELSE
        -- the number of the last value, or of the last full minute, that the job has come to
        v_from := CASE WHEN c.each_minute THEN date_trunc('minute', standing.until)
                       ELSE least(l.time, standing.until) END;
        RETURN QUERY
        SELECT x.time, x.value
        FROM alarm.rule AS r, alarm.series(r, g, v_from - INTERVAL '1 microsecond', v_from) AS x
        WHERE r.id = g.rule_id;
    END IF;
END
$$;
COMMENT ON FUNCTION alarm.standing(alarm.signal, alarm.state, timestamptz) IS
    'The number that a rule holds against its limits as it stands: the last good value, or what the condition derives '
    'from it, with its time; until: how far the condition has been judged. No row where there is none, or where it '
    'cannot be given twice (a step). For alarm.judge_standing.';
REVOKE ALL ON FUNCTION alarm.standing(alarm.signal, alarm.state, timestamptz) FROM PUBLIC;
