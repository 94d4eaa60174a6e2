CREATE OR REPLACE FUNCTION alarm.series(r alarm.rule, g alarm.signal, "from" timestamptz, "to" timestamptz)
    RETURNS TABLE ("time" timestamptz, value float8)
    LANGUAGE plpgsql STABLE ROWS 1000
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_window interval := (r.parameters ->> 'window')::interval;
    v_other integer;
    v_zone text;
BEGIN
    CASE r.condition
    WHEN 'windowed' THEN
        -- at each full minute: the minutes of the window before it
        RETURN QUERY
        SELECT m.minute, a.value
        FROM generate_series(date_trunc('minute', series.from) + INTERVAL '1 minute', series.to, INTERVAL '1 minute') AS m (minute)
        CROSS JOIN LATERAL (
            SELECT CASE r.parameters ->> 'aggregate'
                       WHEN 'mean' THEN sum(b.sum) / nullif(sum(b.count), 0)
                       WHEN 'min' THEN min(b.min)
                       WHEN 'max' THEN max(b.max)
                       WHEN 'count' THEN coalesce(sum(b.count), 0)
                       WHEN 'stddev' THEN sqrt(greatest(sum(b.sum_sq) - sum(b.sum) ^ 2 / nullif(sum(b.count), 0), 0) / nullif(sum(b.count) - 1, 0))
                       WHEN 'slope' THEN regr_slope(b.mean, extract(epoch FROM b.bucket)::float8)
                   END::float8 AS value
            FROM rollup.reading_1m AS b
            WHERE b.sensor_id = g.sensor_id AND b.bucket >= m.minute - v_window AND b.bucket < m.minute
        ) AS a
        WHERE m.minute > series.from AND m.minute <= series.to AND a.value IS NOT NULL
        ORDER BY m.minute;
    WHEN 'no_data' THEN
        -- 0 when a value comes; just beyond the limit a millisecond after it was reached
        RETURN QUERY
        SELECT x.time, x.value
        FROM (
            SELECT d.time, 0::float8 AS value
            FROM telemetry.reading AS d
            WHERE d.sensor_id = g.sensor_id AND d.time > series.from AND d.time <= series.to
            UNION ALL
            SELECT p.time + make_interval(secs => l.seconds + 0.001), l.seconds + 0.001
            FROM (
                SELECT d.time, lead(d.time, 1, series.to) OVER (ORDER BY d.time) AS next
                FROM telemetry.reading AS d
                WHERE d.sensor_id = g.sensor_id AND d.time <= series.to
                  AND d.time >= coalesce((SELECT max(b.time) FROM telemetry.reading AS b WHERE b.sensor_id = g.sensor_id AND b.time <= series.from), series.from)
            ) AS p
            CROSS JOIN LATERAL (VALUES (g.high), (g.high_high)) AS l (seconds)
            WHERE l.seconds < 'Infinity'
              AND p.time + make_interval(secs => least(l.seconds, 1e9) + 0.001) < p.next
              AND p.time + make_interval(secs => least(l.seconds, 1e9) + 0.001) > series.from
        ) AS x
        ORDER BY x.time;
    WHEN 'two_signal' THEN
        SELECT s.id INTO v_other FROM plant.sensor AS s WHERE s.equipment_id = g.equipment_id AND s.name = r.parameters ->> 'other';
        RETURN QUERY
        SELECT x.time, x.value
        FROM (
            SELECT d.time, CASE r.parameters ->> 'operation' WHEN 'ratio' THEN d.value / nullif(o.value, 0) ELSE d.value - o.value END AS value
            FROM telemetry.reading AS d
            CROSS JOIN LATERAL (
                SELECT b.value FROM telemetry.reading AS b
                WHERE b.sensor_id = v_other AND b.time <= d.time AND b.time > d.time - coalesce(v_window, INTERVAL '1 minute') AND b.quality < 2
                ORDER BY b.time DESC LIMIT 1
            ) AS o
            WHERE d.sensor_id = g.sensor_id AND d.time > series.from AND d.time <= series.to AND d.quality < 2
        ) AS x
        WHERE x.value IS NOT NULL
        ORDER BY x.time;
    WHEN 'model_verdict' THEN
        RETURN QUERY
        SELECT p.time, CASE WHEN p.is_anomaly THEN row_number() OVER (PARTITION BY p.calm ORDER BY p.time) - CASE WHEN p.calm > 0 THEN 1 ELSE 0 END ELSE 0 END::float8
        FROM (
            SELECT v.time, v.is_anomaly, count(*) FILTER (WHERE NOT v.is_anomaly) OVER (ORDER BY v.time) AS calm
            FROM ml.serve_ml_predictions AS v
            WHERE v.equipment_id = g.equipment_id AND v.stage = 'champion' AND v.time > series.from AND v.time <= series.to
        ) AS p
        ORDER BY p.time;
    WHEN 'baseline' THEN
        -- by hour or state: how many spreads from the centre that holds at the time; without a state, or a baseline of it, nothing
        v_zone := ops.setting_text('alarm.time_zone');
        RETURN QUERY
        SELECT d.time, (d.value - coalesce(c.centre, o.centre)) / coalesce(c.spread, o.spread)
        FROM (
            SELECT u.state, u.since, u.until
            FROM alarm.state_runs(g.equipment_id, series.from, series.to, v_window) AS u WHERE r.parameters ->> 'state' = 'each'
            UNION ALL
            SELECT coalesce(r.parameters ->> 'state', '*'), '-infinity', 'infinity' WHERE r.parameters ->> 'state' IS DISTINCT FROM 'each'
        ) AS x
        JOIN alarm.baseline AS o ON o.sensor_id = g.sensor_id AND o.state = x.state AND o.hour_of_week = -1
        JOIN telemetry.reading AS d ON d.sensor_id = g.sensor_id AND d.time >= x.since AND d.time < x.until
        LEFT JOIN alarm.baseline AS c ON r.parameters ? 'season' AND c.sensor_id = g.sensor_id AND c.state = x.state
            AND c.hour_of_week = alarm.hour_of_week(d.time, v_zone)
        WHERE d.time > series.from AND d.time <= series.to AND d.quality < 2
        ORDER BY d.time;
    WHEN 'rul_below', 'expression' THEN
        PERFORM alarm.refuse('MW422', 'rule', format('condition %s has no history to test against', r.condition));
    ELSE
        RETURN QUERY
        SELECT d.time, d.value FROM telemetry.reading AS d
        WHERE d.sensor_id = g.sensor_id AND d.time >= series.from AND d.time <= series.to AND d.quality < 2
        ORDER BY d.time;
    END CASE;
END
$$;
COMMENT ON FUNCTION alarm.series(alarm.rule, alarm.signal, timestamptz, timestamptz) IS
    'The number that a rule holds against its limits, over time: readings, or what the condition derives from them (windowed aggregate, silence, difference to another sensor, deviation from the baseline of hour and state, model verdicts in a row). Same for the job that judges live and for alarm.backtest.';
REVOKE ALL ON FUNCTION alarm.series(alarm.rule, alarm.signal, timestamptz, timestamptz) FROM PUBLIC;
