CREATE OR REPLACE FUNCTION alarm.series_window(r alarm.rule, g alarm.signal, "from" timestamptz, "to" timestamptz)
    RETURNS TABLE ("time" timestamptz, value float8)
    LANGUAGE plpgsql STABLE ROWS 1000
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_pending tstzmultirange;
    v_window interval := (r.parameters ->> 'window')::interval;
BEGIN
    IF date_trunc('minute', series_window.to) <= series_window.from THEN
        RETURN;
    END IF;
    v_pending := telemetry.rollup_pending('1m', series_window.from - v_window, series_window.to);
    RETURN QUERY
    SELECT a.minute, a.value
    FROM (
        SELECT m.minute,
               CASE r.parameters ->> 'aggregate'
                   WHEN 'mean' THEN sum(b.sum) OVER w / nullif(sum(b.count) OVER w, 0)
                   WHEN 'min' THEN min(b.min) OVER w
                   WHEN 'max' THEN max(b.max) OVER w
                   WHEN 'count' THEN coalesce(sum(b.count) OVER w, 0)
                   WHEN 'stddev' THEN sqrt(greatest(sum(b.sum_sq)
                                                    OVER w - (sum(b.sum) OVER w) ^ 2 / nullif(sum(b.count) OVER w, 0),
                                                        0)
                                           / nullif(sum(b.count) OVER w - 1, 0))
                   WHEN 'slope' THEN regr_slope(b.mean, extract(epoch FROM b.bucket)::float8) OVER w
               END::float8 AS value
        FROM generate_series(date_trunc('minute', series_window.from - v_window), series_window.to,
                             INTERVAL '1 minute') AS m (minute)
        LEFT JOIN (
            SELECT x.bucket, x.count, x.min, x.max, x.mean, x.sum, x.sum_sq FROM rollup.reading_1m AS x
            WHERE x.sensor_id = g.sensor_id AND x.bucket >= series_window.from - v_window
              AND x.bucket < series_window.to AND NOT v_pending @> x.bucket
            UNION ALL
            -- readings came, or went, since the last refresh
            SELECT x.bucket, x.count, x.min, x.max, x.mean, x.sum, x.sum_sq
            FROM alarm.pending_minute(g.sensor_id, series_window.from - v_window, series_window.to, v_pending) AS x
            WHERE v_pending <> '{}'
        ) AS b ON b.bucket = m.minute
        WINDOW w AS (ORDER BY m.minute RANGE BETWEEN v_window PRECEDING AND INTERVAL '1 minute' PRECEDING)
    ) AS a
    WHERE a.minute > series_window.from AND a.value IS NOT NULL
    ORDER BY a.minute;
END
$$;
COMMENT ON FUNCTION alarm.series_window(alarm.rule, alarm.signal, timestamptz, timestamptz) IS
    'The aggregate of a window (parameters window, aggregate) at each full minute, of the minutes before it. See '
    'alarm.series.';
REVOKE ALL ON FUNCTION alarm.series_window(alarm.rule, alarm.signal, timestamptz, timestamptz) FROM PUBLIC;
