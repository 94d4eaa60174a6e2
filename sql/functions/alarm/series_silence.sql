CREATE OR REPLACE FUNCTION alarm.series_silence(r alarm.rule, g alarm.signal, "from" timestamptz, "to" timestamptz)
    RETURNS TABLE ("time" timestamptz, value float8)
    LANGUAGE plpgsql STABLE ROWS 1000
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    -- 0 when a value comes; just beyond the limit a millisecond after it was reached
    RETURN QUERY
    SELECT x.time, x.value
    FROM (
        SELECT d.time, 0::float8 AS value
        FROM telemetry.reading AS d
        WHERE d.sensor_id = g.sensor_id AND d.time > series_silence.from AND d.time <= series_silence.to
        UNION ALL
        SELECT p.time + make_interval(secs => least(l.seconds, 1e9) + 0.001), l.seconds + 0.001
        FROM (
            SELECT d.time, lead(d.time, 1, 'infinity') OVER (ORDER BY d.time) AS next
            FROM telemetry.reading AS d
            WHERE d.sensor_id = g.sensor_id AND d.time <= series_silence.to
              AND d.time >= coalesce((SELECT max(b.time) FROM telemetry.reading AS b WHERE b.sensor_id = g.sensor_id
                                      AND b.time <= series_silence.from), series_silence.from)
        ) AS p
        CROSS JOIN LATERAL (VALUES (g.high), (g.high_high)) AS l (seconds)
        WHERE l.seconds < 'Infinity'
          AND p.time + make_interval(secs => least(l.seconds, 1e9) + 0.001) < p.next
          AND p.time + make_interval(secs => least(l.seconds, 1e9) + 0.001) > series_silence.from
          AND p.time + make_interval(secs => least(l.seconds, 1e9) + 0.001) <= series_silence.to
    ) AS x
    ORDER BY x.time;
END
$$;
COMMENT ON FUNCTION alarm.series_silence(alarm.rule, alarm.signal, timestamptz, timestamptz) IS
    'Seconds without a value: 0 when one comes, and just beyond a limit a millisecond after it was reached. See '
    'alarm.series.';
REVOKE ALL ON FUNCTION alarm.series_silence(alarm.rule, alarm.signal, timestamptz, timestamptz) FROM PUBLIC;
