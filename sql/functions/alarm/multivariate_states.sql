CREATE OR REPLACE FUNCTION alarm.multivariate_states(
    equipment_id text, sensor_id integer, width interval, "from" timestamptz, "to" timestamptz, pending tstzmultirange
)
    RETURNS TABLE (bucket timestamptz, state text)
    LANGUAGE plpgsql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
    -- how long a value of the sensor that tells the state holds, as in alarm.state_runs
    c_hold CONSTANT interval := INTERVAL '1 day';
    v_before float8;
BEGIN
    SELECT r.value INTO v_before FROM telemetry.reading AS r
    WHERE r.sensor_id = multivariate_states.sensor_id AND r.time < multivariate_states.from
      AND r.time > multivariate_states.from - c_hold AND r.quality < 2
    ORDER BY r.time DESC LIMIT 1;
    RETURN QUERY
    WITH told AS (
        SELECT date_bin(multivariate_states.width, x.bucket, timestamptz '2000-01-01 00:00Z') AS bucket,
               min(x.min) AS least, max(x.max) AS most,
               (array_agg(x.last ORDER BY x.first_time DESC))[1] AS last,
               min(x.first_time) AS first_time
        FROM (
            SELECT m.bucket, m.min, m.max, m.last, m.first_time FROM rollup.reading_1m AS m
            WHERE m.sensor_id = multivariate_states.sensor_id AND m.bucket >= multivariate_states.from
              AND m.bucket < multivariate_states.to AND NOT multivariate_states.pending @> m.bucket
            UNION ALL
            SELECT r.time, r.value, r.value, r.value, r.time
            FROM unnest(multivariate_states.pending
                        * tstzmultirange(tstzrange(multivariate_states.from, multivariate_states.to))) AS p
            JOIN telemetry.reading AS r ON r.sensor_id = multivariate_states.sensor_id AND r.time >= lower(p)
                AND r.time < upper(p)
        ) AS x
        GROUP BY 1
        UNION ALL
        SELECT multivariate_states.from - multivariate_states.width, v_before, v_before, v_before,
               multivariate_states.from
        WHERE v_before IS NOT NULL
    ), numbered AS (
        -- what was said last holds until the next word
        SELECT t.*, count(t.last) OVER (ORDER BY t.bucket) AS word
        FROM (
            SELECT b.bucket, t.least, t.most, t.last, t.first_time
            FROM generate_series(multivariate_states.from - multivariate_states.width,
                                 multivariate_states.to - multivariate_states.width,
                                 multivariate_states.width) AS b (bucket)
            LEFT JOIN told AS t ON t.bucket = b.bucket
        ) AS t
    ), carried AS (
        SELECT n.bucket, n.least, n.most, n.first_time,
               first_value(n.last) OVER (PARTITION BY n.word ORDER BY n.bucket) AS last,
               first_value(n.bucket) OVER (PARTITION BY n.word ORDER BY n.bucket) AS since
        FROM numbered AS n
    ), held AS (
        SELECT c.bucket, c.since, CASE WHEN c.least IS NULL THEN c.last ELSE least(c.least, c.before) END AS least,
               CASE WHEN c.most IS NULL THEN c.last ELSE greatest(c.most, c.before) END AS most
        FROM (
            -- until the bucket's first word the one before holds
            SELECT x.*, CASE WHEN x.first_time > x.bucket THEN lag(x.last) OVER (ORDER BY x.bucket) END AS before
            FROM carried AS x
        ) AS c
    )
    SELECT h.bucket, o.state
    FROM held AS h
    JOIN alarm.operating_state AS o ON o.equipment_id = multivariate_states.equipment_id AND h.least >= o.low
        AND h.most < o.high
    WHERE h.bucket - h.since <= c_hold;
END
$$;
COMMENT ON FUNCTION alarm.multivariate_states(text, integer, interval, timestamptz, timestamptz, tstzmultirange) IS
    'The operating state that held throughout each of the buckets of width from … to, as the machine''s state sensor '
    'said; a bucket in which it changed has none.';
REVOKE ALL ON FUNCTION alarm.multivariate_states(text, integer, interval, timestamptz, timestamptz, tstzmultirange)
    FROM PUBLIC;
