CREATE OR REPLACE FUNCTION alarm.series_two_signals(r alarm.rule, g alarm.signal, "from" timestamptz, "to" timestamptz)
    RETURNS TABLE ("time" timestamptz, value float8)
    LANGUAGE plpgsql STABLE ROWS 1000
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_window interval := (r.parameters ->> 'window')::interval;
    v_other integer;
BEGIN
    SELECT s.id INTO v_other FROM plant.sensor AS s WHERE s.equipment_id = g.equipment_id
        AND s.name = r.parameters ->> 'other';
    RETURN QUERY
    SELECT x.time, x.value
    FROM (
        SELECT d.time,
               CASE r.parameters ->> 'operation' WHEN 'ratio' THEN d.value / nullif(o.value, 0)
                    ELSE d.value - o.value END AS value
        FROM telemetry.reading AS d
        CROSS JOIN LATERAL (
            SELECT b.value FROM telemetry.reading AS b
            WHERE b.sensor_id = v_other AND b.time <= d.time
              AND b.time > d.time - coalesce(v_window, INTERVAL '1 minute') AND b.quality < 2
            ORDER BY b.time DESC LIMIT 1
        ) AS o
        WHERE d.sensor_id = g.sensor_id AND d.time > series_two_signals.from AND d.time <= series_two_signals.to
          AND d.quality < 2
    ) AS x
    WHERE x.value IS NOT NULL
    ORDER BY x.time;
END
$$;
COMMENT ON FUNCTION alarm.series_two_signals(alarm.rule, alarm.signal, timestamptz, timestamptz) IS
    'Difference or ratio of each value to the one that another sensor of the equipment had then. See alarm.series.';
REVOKE ALL ON FUNCTION alarm.series_two_signals(alarm.rule, alarm.signal, timestamptz, timestamptz) FROM PUBLIC;
