CREATE OR REPLACE FUNCTION rollup.refresh_sketches(p_sensor_ids integer[], p_from timestamptz[], p_to timestamptz[]) RETURNS void
    LANGUAGE sql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH span AS (
        SELECT * FROM unnest(p_sensor_ids, p_from, p_to) AS s (sensor_id, start, stop)
    ),
    hour AS MATERIALIZED (
        SELECT s.sensor_id, h.bucket, h.count
        FROM span AS s
        CROSS JOIN LATERAL (
            SELECT h.bucket, h.count FROM rollup.reading_1h AS h
            WHERE h.sensor_id = s.sensor_id AND h.bucket >= s.start AND h.bucket < s.stop
        ) AS h
    ),
    gone AS (
        DELETE FROM rollup.sketch_1h AS k USING span AS s
        WHERE k.sensor_id = s.sensor_id AND k.bucket >= s.start AND k.bucket < s.stop
            AND NOT EXISTS (SELECT FROM hour AS h WHERE h.sensor_id = k.sensor_id AND h.bucket = k.bucket)
    )
    INSERT INTO rollup.sketch_1h (bucket, sensor_id, count, sketch)
    SELECT h.bucket, h.sensor_id, c.count, c.sketch
    FROM span AS s
    CROSS JOIN LATERAL (
        SELECT k.bucket, sum(k.count)::bigint AS count, array_agg((k.key << 32) + k.count ORDER BY k.key) AS sketch
        FROM (
            SELECT public.time_bucket(INTERVAL '1 hour', r.time) AS bucket, rollup.sketch_key(r.value) AS key, count(*) AS count
            FROM telemetry.reading AS r WHERE r.sensor_id = s.sensor_id AND r.time >= s.start AND r.time < s.stop
            GROUP BY 1, 2
        ) AS k
        GROUP BY k.bucket
    ) AS c
    -- an hour whose readings are not all there any more keeps what it has
    JOIN hour AS h ON h.sensor_id = s.sensor_id AND h.bucket = c.bucket AND h.count <= c.count
    ON CONFLICT (sensor_id, bucket) DO UPDATE SET count = excluded.count, sketch = excluded.sketch
$$;
COMMENT ON FUNCTION rollup.refresh_sketches(integer[], timestamptz[], timestamptz[]) IS
    'Makes the sketches of some sensors'' hours (each from … to) anew from the readings. An hour that has fewer readings than rollup.reading_1h says was dropped: its sketch stays.';
REVOKE ALL ON FUNCTION rollup.refresh_sketches(integer[], timestamptz[], timestamptz[]) FROM PUBLIC;
