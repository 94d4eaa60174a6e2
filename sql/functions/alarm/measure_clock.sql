CREATE OR REPLACE FUNCTION alarm.measure_clock(c alarm.system_condition, "now" timestamptz)
    RETURNS TABLE (object text, value float8, detail jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT k.equipment_id, x.seconds,
           jsonb_build_object('equipment_id', k.equipment_id, 'offset', round(s.ahead), 'clock_offset',
                              round(s.ahead, 3),
               'historical', k.historical,
               'text', format('the clock of %s is %s s %s', k.equipment_id, round(x.seconds::numeric),
                              CASE WHEN s.ahead > 0 THEN 'ahead' ELSE 'behind (or its points are held up so long)' END)
                   || CASE WHEN x.seconds >= c.high_high
                           THEN format('; %s of its points came too late for live alarms', k.historical) ELSE '' END)
    FROM telemetry.clock AS k
    CROSS JOIN LATERAL (SELECT extract(epoch FROM k.clock_offset) AS ahead) AS s
    CROSS JOIN LATERAL (SELECT abs(s.ahead)::float8 AS seconds) AS x
    WHERE k.wrong_since IS NOT NULL
      -- from the future comes no point that was only held up
      AND (s.ahead > 0 OR k.wrong_since + coalesce(c.period, '0') <= measure_clock.now)
$$;
COMMENT ON FUNCTION alarm.measure_clock(alarm.system_condition, timestamptz) IS
    'Seconds that a machine''s clock is off, per machine whose clock is wrong (telemetry.clock); one that is behind '
    'only after period.';
REVOKE ALL ON FUNCTION alarm.measure_clock(alarm.system_condition, timestamptz) FROM PUBLIC;
