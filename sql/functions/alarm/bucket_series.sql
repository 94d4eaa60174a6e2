CREATE OR REPLACE FUNCTION alarm.bucket_series(
    r alarm.rule, g alarm.signal, source text, bucket_value text, "from" timestamptz, "to" timestamptz
) RETURNS TABLE ("time" timestamptz, value float8)
    LANGUAGE plpgsql STABLE ROWS 1000
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    c_seconds CONSTANT integer := CASE source WHEN '1m' THEN 60 ELSE 3600 END;
BEGIN
    IF r.condition = 'windowed' AND source = '1m' THEN
        -- it is made of these minutes anyway
        RETURN QUERY SELECT s.time, s.value FROM alarm.series(r, g, bucket_series.from, bucket_series.to) AS s;
    ELSIF r.condition = 'no_data' AND g.high >= c_seconds THEN
        -- exact: a silence as long as a bucket lies between the last value of one and the first of a later one
        RETURN QUERY
        SELECT x.time, x.value
        FROM (
            SELECT p.last_time, lead(p.first_time, 1, bucket_series.to) OVER (ORDER BY p.bucket) AS next, p.first_time
            FROM alarm.bucket(source, g.sensor_id, bucket_series.from - make_interval(secs => c_seconds), bucket_series.to) AS p
        ) AS p
        CROSS JOIN LATERAL (
            SELECT p.first_time, 0::float8
            UNION ALL
            SELECT p.last_time + make_interval(secs => l.seconds + 0.001), l.seconds + 0.001
            FROM (VALUES (g.high), (g.high_high)) AS l (seconds)
            WHERE l.seconds < 'Infinity' AND p.last_time + make_interval(secs => least(l.seconds, 1e9) + 0.001) < p.next
        ) AS x (time, value)
        WHERE x.time > bucket_series.from
        ORDER BY x.time;
    ELSIF g.live AND r.condition NOT IN ('rate_of_change', 'flat_line') THEN
        RETURN QUERY
        SELECT -- the last value of the bucket before holds until the first of this one
               CASE WHEN alarm.zone(g.condition = 'inside', g.low_low, g.low, g.high, g.high_high, g.deadband, v.value) = 240 THEN b.first_time ELSE b.bucket END,
               v.value
        FROM alarm.bucket(source, g.sensor_id, bucket_series.from, bucket_series.to) AS b
        CROSS JOIN LATERAL (SELECT
               CASE WHEN bucket_value = 'mean' THEN b.mean
                    -- whether a value within the band was among them nobody knows: the one that comes nearest to its middle
                    WHEN g.condition = 'inside' THEN least(greatest((g.low + g.high) / 2, b.min), b.max)
                    -- the side on which more limits are crossed; where equal, the one farther out
                    WHEN (b.min < g.low)::integer + (b.min < g.low_low)::integer <> (b.max > g.high)::integer + (b.max > g.high_high)::integer
                        THEN CASE WHEN (b.min < g.low)::integer + (b.min < g.low_low)::integer > (b.max > g.high)::integer + (b.max > g.high_high)::integer
                                  THEN b.min ELSE b.max END
                    WHEN g.low - b.min > b.max - g.high THEN b.min
                    ELSE b.max END AS value) AS v
        ORDER BY b.bucket;
    ELSE
        PERFORM alarm.refuse('MW422', 'source', format('condition %s cannot be judged from the rollup %s', r.condition, source),
            CASE r.condition WHEN 'no_data' THEN 'A silence shorter than a bucket does not show in it.' ELSE 'It needs every value: source raw.' END);
    END IF;
END
$$;
COMMENT ON FUNCTION alarm.bucket_series(alarm.rule, alarm.signal, text, text, timestamptz, timestamptz) IS
    'alarm.series out of a rollup: per bucket one value that is taken to hold from its start to the next, its worst extreme (bucket_value worst; of one that is beyond limits on both sides the worse side) or its mean. MW422 for conditions that need every value.';
REVOKE ALL ON FUNCTION alarm.bucket_series(alarm.rule, alarm.signal, text, text, timestamptz, timestamptz) FROM PUBLIC;
