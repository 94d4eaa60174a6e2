CREATE OR REPLACE FUNCTION alarm.multivariate_buckets(
    equipment_id text, sensors integer[], width interval, "from" timestamptz, "to" timestamptz
)
    RETURNS TABLE (bucket timestamptz, state text, value float8[])
    LANGUAGE plpgsql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    c_origin CONSTANT timestamptz := '2000-01-01 00:00Z';
    v_from timestamptz := date_bin(multivariate_buckets.width,
        multivariate_buckets.from + multivariate_buckets.width - INTERVAL '1 microsecond', c_origin);
    v_to timestamptz := date_bin(multivariate_buckets.width, multivariate_buckets.to, c_origin);
    -- how long a value of the sensor that tells the state holds, as in alarm.state_runs
    c_hold CONSTANT interval := INTERVAL '1 day';
    v_pending tstzmultirange;
    v_state_sensor integer;
    v_before float8;
BEGIN
    IF v_from >= v_to THEN
        RETURN;
    END IF;
    v_pending := telemetry.rollup_pending('1m', v_from, v_to);
    SELECT s.id INTO v_state_sensor
    FROM alarm.operating_state AS o
    JOIN plant.sensor AS s ON s.equipment_id = o.equipment_id AND s.name = o.sensor
    WHERE o.equipment_id = multivariate_buckets.equipment_id
    LIMIT 1;
    IF FOUND THEN
        SELECT r.value INTO v_before FROM telemetry.reading AS r
        WHERE r.sensor_id = v_state_sensor AND r.time < v_from AND r.time > v_from - c_hold AND r.quality < 2
        ORDER BY r.time DESC LIMIT 1;
    END IF;
    RETURN QUERY
    WITH signal AS MATERIALIZED (
        SELECT u.sensor_id, u.place, coalesce(s.range_min, '-Infinity') AS least,
               coalesce(s.range_max, 'Infinity') AS most
        FROM unnest(multivariate_buckets.sensors) WITH ORDINALITY AS u (sensor_id, place)
        JOIN plant.sensor AS s ON s.id = u.sensor_id
    ), part AS (
        SELECT g.place, date_bin(multivariate_buckets.width, x.bucket, c_origin) AS bucket,
               sum(x.sum) / sum(x.count) AS mean
        FROM signal AS g
        CROSS JOIN LATERAL (
            SELECT m.bucket, m.sum, m.count, m.min, m.max FROM rollup.reading_1m AS m
            WHERE m.sensor_id = g.sensor_id AND m.bucket >= v_from AND m.bucket < v_to AND NOT v_pending @> m.bucket
            UNION ALL
            -- readings came, or went, since the last refresh
            SELECT m.bucket, m.sum, m.count, m.min, m.max
            FROM alarm.pending_minute(g.sensor_id, v_from, v_to, v_pending) AS m WHERE v_pending <> '{}'
        ) AS x
        GROUP BY 1, 2
        -- what lies outside the sensor's range is not the machine
        HAVING min(x.min) >= min(g.least) AND max(x.max) <= min(g.most)
    ), whole AS MATERIALIZED (
        SELECT p.bucket, array_agg(p.mean ORDER BY p.place) AS value
        FROM part AS p
        GROUP BY p.bucket
        HAVING count(*) = cardinality(multivariate_buckets.sensors)
    ), told AS (
        SELECT date_bin(multivariate_buckets.width, x.bucket, c_origin) AS bucket, min(x.min) AS least,
               max(x.max) AS most, (array_agg(x.last ORDER BY x.first_time DESC))[1] AS last,
               min(x.first_time) AS first_time
        FROM (
            SELECT m.bucket, m.min, m.max, m.last, m.first_time FROM rollup.reading_1m AS m
            WHERE m.sensor_id = v_state_sensor AND m.bucket >= v_from AND m.bucket < v_to AND NOT v_pending @> m.bucket
            UNION ALL
            SELECT r.time, r.value, r.value, r.value, r.time
            FROM unnest(v_pending * tstzmultirange(tstzrange(v_from, v_to))) AS p
            JOIN telemetry.reading AS r ON r.sensor_id = v_state_sensor AND r.time >= lower(p) AND r.time < upper(p)
        ) AS x
        GROUP BY 1
        UNION ALL
        SELECT v_from - multivariate_buckets.width, v_before, v_before, v_before, v_from WHERE v_before IS NOT NULL
    ), numbered AS (
        -- what was said last holds until the next word
        SELECT t.*, count(t.last) OVER (ORDER BY t.bucket) AS word
        FROM (
            SELECT b.bucket, t.least, t.most, t.last, t.first_time
            FROM generate_series(v_from - multivariate_buckets.width, v_to - multivariate_buckets.width,
                                 multivariate_buckets.width) AS b (bucket)
            LEFT JOIN told AS t ON t.bucket = b.bucket
            WHERE v_state_sensor IS NOT NULL
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
    SELECT w.bucket, '*'::text, w.value FROM whole AS w WHERE v_state_sensor IS NULL
    UNION ALL
    -- a bucket in which the state changed belongs to none
    SELECT w.bucket, o.state, w.value
    FROM held AS h
    JOIN alarm.operating_state AS o ON o.equipment_id = multivariate_buckets.equipment_id AND h.least >= o.low
        AND h.most < o.high
    JOIN whole AS w ON w.bucket = h.bucket
    WHERE h.bucket - h.since <= c_hold
    ORDER BY 1;
END
$$;
COMMENT ON FUNCTION alarm.multivariate_buckets(text, integer[], interval, timestamptz, timestamptz) IS
    'The means of a machine''s signals (in the order of sensors) in the whole buckets of width from … to in which all '
    'of them spoke, with the operating state that held throughout; *: the machine has no states. bucket: its start.';
REVOKE ALL ON FUNCTION alarm.multivariate_buckets(text, integer[], interval, timestamptz, timestamptz) FROM PUBLIC;
