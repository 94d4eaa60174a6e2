CREATE OR REPLACE FUNCTION alarm.series_baseline(r alarm.rule, g alarm.signal, "from" timestamptz, "to" timestamptz)
    RETURNS TABLE ("time" timestamptz, value float8)
    LANGUAGE plpgsql STABLE ROWS 1000
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_window interval := (r.parameters ->> 'window')::interval;
    v_zone text;
BEGIN
    -- by hour or state: how many spreads from the centre that holds at the time; without a state, or a baseline of it,
    -- nothing
    v_zone := plant.time_zone();
    RETURN QUERY
    SELECT d.time, (d.value - coalesce(c.centre, o.centre)) / coalesce(c.spread, o.spread)
    FROM (
        SELECT u.state, u.since, u.until
        FROM alarm.state_runs(g.equipment_id, series_baseline.from, series_baseline.to, v_window) AS u
        WHERE r.parameters ->> 'state' = 'each'
        UNION ALL
        SELECT coalesce(r.parameters ->> 'state', '*'), '-infinity', 'infinity'
        WHERE r.parameters ->> 'state' IS DISTINCT FROM 'each'
    ) AS x
    JOIN alarm.baseline AS o ON o.sensor_id = g.sensor_id AND o.state = x.state AND o.hour_of_week = -1
    JOIN telemetry.reading AS d ON d.sensor_id = g.sensor_id AND d.time >= x.since AND d.time < x.until
    LEFT JOIN alarm.baseline AS c ON r.parameters ? 'season' AND c.sensor_id = g.sensor_id AND c.state = x.state
        AND c.hour_of_week = alarm.hour_of_week(d.time, v_zone)
    WHERE d.time > series_baseline.from AND d.time <= series_baseline.to AND d.quality < 2
    ORDER BY d.time;
END
$$;
COMMENT ON FUNCTION alarm.series_baseline(alarm.rule, alarm.signal, timestamptz, timestamptz) IS
    'How many spreads each value lies from the centre that holds at its time; without a state, or a baseline of it, '
    'nothing. See alarm.series.';
REVOKE ALL ON FUNCTION alarm.series_baseline(alarm.rule, alarm.signal, timestamptz, timestamptz) FROM PUBLIC;
