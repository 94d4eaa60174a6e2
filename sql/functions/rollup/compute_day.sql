CREATE OR REPLACE FUNCTION rollup.compute_day(p_bucket timestamptz, p_bucket_end timestamptz, p_first_hour timestamptz, p_last_hour timestamptz,
    p_sensor_ids integer[] DEFAULT NULL) RETURNS SETOF rollup.day
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_sensors text := CASE WHEN p_sensor_ids IS NOT NULL THEN 'AND sensor_id = ANY ($5)' END;
BEGIN
    -- planned each time: what it reads depends on the day, and whether it is asked of all sensors
    RETURN QUERY EXECUTE format($sql$
        WITH day AS MATERIALIZED (
            SELECT p.sensor_id, sum(p.count)::bigint AS count, min(p.min) AS min, max(p.max) AS max,
                sum(p.sum) / sum(p.count)::float8 AS mean, sum(p.sum) AS sum, sum(p.sum_sq) AS sum_sq,
                public.first(p.first, p.first_time) AS first, public.last(p.last, p.last_time) AS last,
                min(p.first_time) AS first_time, max(p.last_time) AS last_time
            FROM (
                SELECT h.sensor_id, h.count, h.min, h.max, h.sum, h.sum_sq, h.first, h.last, h.first_time, h.last_time
                FROM rollup.reading_1h AS h WHERE h.bucket >= $3 AND h.bucket < $4 %1$s
                %2$s
            ) AS p
            GROUP BY p.sensor_id
        ),
        sketch AS MATERIALIZED (
            SELECT k.sensor_id, sum(k.count) AS count, array_agg((k.key << 32) + k.count ORDER BY k.key) AS sketch
            FROM (
                SELECT s.sensor_id, e >> 32 AS key, sum(e & 4294967295)::bigint AS count
                FROM rollup.sketch_1h AS s CROSS JOIN LATERAL unnest(s.sketch) AS e
                WHERE s.bucket >= $3 AND s.bucket < $4 %1$s
                GROUP BY 1, 2
            ) AS k
            GROUP BY k.sensor_id
        )
        SELECT d.sensor_id, $1, $2, d.count, d.min, d.max, d.mean, d.sum, d.sum_sq, d.first, d.last, d.first_time, d.last_time,
            CASE WHEN s.count >= d.count THEN s.sketch ELSE rollup.sketch_of(d.sensor_id, $1, $2, d.count) END
        FROM day AS d
        LEFT JOIN sketch AS s USING (sensor_id)$sql$,
        v_sensors,
        CASE WHEN p_first_hour <> p_bucket OR p_last_hour <> p_bucket_end THEN format($sql$
                UNION ALL
                SELECT m.sensor_id, m.count, m.min, m.max, m.sum, m.sum_sq, m.first, m.last, m.first_time, m.last_time
                FROM rollup.reading_1m AS m WHERE m.bucket >= $1 AND m.bucket < least($3, $2) %1$s
                UNION ALL
                SELECT m.sensor_id, m.count, m.min, m.max, m.sum, m.sum_sq, m.first, m.last, m.first_time, m.last_time
                FROM rollup.reading_1m AS m WHERE m.bucket >= greatest($4, least($3, $2)) AND m.bucket < $2 %1$s$sql$, v_sensors) END)
    USING p_bucket, p_bucket_end, p_first_hour, p_last_hour, p_sensor_ids;
END
$$;
COMMENT ON FUNCTION rollup.compute_day(timestamptz, timestamptz, timestamptz, timestamptz, integer[]) IS
    'One day (a row of rollup.days) of some sensors, NULL: of all, out of hours, and of minutes before its first and after its last whole hour.';
REVOKE ALL ON FUNCTION rollup.compute_day(timestamptz, timestamptz, timestamptz, timestamptz, integer[]) FROM PUBLIC;
