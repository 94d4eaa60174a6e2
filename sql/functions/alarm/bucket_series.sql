CREATE OR REPLACE FUNCTION alarm.bucket_series(
    r alarm.rule, g alarm.signal, source text, bucket_value text, "from" timestamptz, "to" timestamptz
) RETURNS TABLE ("time" timestamptz, value float8)
    LANGUAGE plpgsql STABLE ROWS 1000
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    c_width CONSTANT interval := telemetry.bucket_width(source);
    -- the bucket that is under way when the time begins counts as a whole
    c_first CONSTANT timestamptz := date_bin(c_width, bucket_series.from, timestamptz '2000-01-01 00:00Z');
    v_pending tstzmultirange := telemetry.rollup_pending(source, bucket_series.from, bucket_series.to);
    v_stands record;
    c alarm.condition;
    v_is_silence boolean;
BEGIN
    SELECT x.* INTO STRICT c FROM alarm.condition AS x WHERE x.name = r.condition;
    v_is_silence := c.judged = 'silence';
    IF c.each_minute AND source = '1m' THEN
        -- it is made of these minutes anyway
        RETURN QUERY SELECT s.time, s.value FROM alarm.series(r, g, bucket_series.from, bucket_series.to) AS s;
        RETURN;
    ELSIF NOT (v_is_silence AND g.high >= extract(epoch FROM c_width) OR g.live AND NOT c.steps) THEN
        PERFORM alarm.refuse('MW422', 'source',
                             format('condition %s cannot be judged from the rollup %s', r.condition, source),
            CASE WHEN v_is_silence THEN 'A silence shorter than a bucket does not show in it.'
                 ELSE 'It needs every value: source raw.' END);
    END IF;

    -- what stands when the time begins: the reading itself while it is there, else what its bucket ended with
    SELECT b.time, b.value INTO v_stands
    FROM telemetry.reading AS b
    WHERE b.sensor_id = g.sensor_id AND b.time <= bucket_series.from AND (b.quality < 2 OR v_is_silence)
    ORDER BY b.time DESC LIMIT 1;
    IF NOT FOUND THEN
        SELECT x.last_time AS time, x.last AS value INTO v_stands
        FROM (
            SELECT b.bucket, b.last_time, b.last FROM rollup.reading_1m AS b
            WHERE b.sensor_id = g.sensor_id AND b.bucket < c_first ORDER BY b.bucket DESC LIMIT 1
        ) AS x
        -- dropped by retention, not deleted
        WHERE NOT telemetry.rollup_pending('1m', x.bucket, x.bucket) @> x.bucket;
    END IF;

    IF v_is_silence THEN
        -- exact: a silence as long as a bucket lies between the last value of one and the first of a later one
        RETURN QUERY
        SELECT x.time, x.value
        FROM (
            SELECT s.last_time,
                   least(lead(s.first_time, 1, bucket_series.to) OVER (ORDER BY s.bucket), bucket_series.to) AS next,
                   s.first_time
            FROM (
                SELECT p.bucket, p.first_time, p.last_time
                FROM alarm.bucket(source, g.sensor_id, c_first, bucket_series.to, v_pending) AS p
                UNION ALL
                SELECT '-infinity', NULL, v_stands.time WHERE v_stands.time IS NOT NULL
            ) AS s
        ) AS p
        CROSS JOIN LATERAL (
            SELECT p.first_time, 0::float8
            UNION ALL
            SELECT p.last_time + make_interval(secs => least(l.seconds, 1e9) + 0.001), l.seconds + 0.001
            FROM (VALUES (g.high), (g.high_high)) AS l (seconds)
            WHERE l.seconds < 'Infinity' AND p.last_time + make_interval(secs => least(l.seconds, 1e9) + 0.001) < p.next
        ) AS x (time, value)
        WHERE x.time > bucket_series.from AND x.time <= bucket_series.to
        ORDER BY x.time;
        RETURN;
    END IF;

    RETURN QUERY
    WITH span AS (
        SELECT b.bucket, b.first_time, b.min, b.max, b.mean
        FROM alarm.bucket(source, g.sensor_id, c_first, bucket_series.to, v_pending) AS b
    ), known AS (
        -- what stands belongs to the first bucket, if that has readings before there could be one to itself
        SELECT s.bucket, s.first_time,
               CASE WHEN s.bucket = c_first THEN least(s.min, v_stands.value) ELSE s.min END AS min,
               CASE WHEN s.bucket = c_first THEN greatest(s.max, v_stands.value) ELSE s.max END AS max, s.mean
        FROM span AS s
        UNION ALL
        SELECT c_first, bucket_series.from, v_stands.value, v_stands.value, v_stands.value
        WHERE v_stands.value IS NOT NULL
          AND NOT EXISTS (SELECT FROM span AS s WHERE s.bucket = c_first
                          AND (bucket_value = 'worst' OR s.first_time <= bucket_series.from))
    ), judged AS (
        SELECT k.bucket, k.first_time, v.value,
               alarm.zone(g.condition = 'inside', g.low_low, g.low, g.high, g.high_high, g.deadband,
                          v.value) = alarm.calm_zone() AS calm
        FROM known AS k
        CROSS JOIN LATERAL (SELECT
            CASE WHEN bucket_value = 'mean' THEN k.mean
                 -- whether a value within the band was among them nobody knows: the one that comes nearest to its
                 -- middle
                 WHEN g.condition = 'inside' THEN least(greatest((g.low + g.high) / 2, k.min), k.max)
                 -- the side on which more limits are crossed; where equal, the one farther out
                 WHEN (k.min < g.low)::integer + (k.min < g.low_low)::integer <> (k.max > g.high)::integer
                      + (k.max > g.high_high)::integer
                     THEN CASE WHEN (k.min < g.low)::integer + (k.min < g.low_low)::integer > (k.max > g.high)::integer
                               + (k.max > g.high_high)::integer
                               THEN k.min ELSE k.max END
                 WHEN g.low - k.min > k.max - g.high THEN k.min
                 ELSE k.max END AS value) AS v
    )
    SELECT -- the last value of the bucket before holds until the first of this one
           CASE WHEN j.calm
                OR (bucket_value = 'mean' AND j.bucket = c_first) THEN greatest(j.first_time, bucket_series.from)
                ELSE greatest(j.bucket, bucket_series.from) END AS at,
           j.value
    FROM judged AS j
    ORDER BY at;
END
$$;
COMMENT ON FUNCTION alarm.bucket_series(alarm.rule, alarm.signal, text, text, timestamptz, timestamptz) IS
    'alarm.series out of a rollup: per bucket one value that is taken to hold from its start to the next, its worst '
    'extreme (bucket_value worst; of one that is beyond limits on both sides the worse side) or its mean. Begins with '
    'what stands at from, and takes the bucket that is under way then as a whole. Buckets that readings overtook are '
    'worked out anew (telemetry.rollup_pending). MW422 for conditions that need every value.';
REVOKE ALL ON FUNCTION alarm.bucket_series(alarm.rule, alarm.signal, text, text, timestamptz, timestamptz) FROM PUBLIC;
