CREATE OR REPLACE FUNCTION api.bucket_points(
    p_bucket text, p_sensor_ids integer[], p_start timestamptz, p_end timestamptz, p_after_time timestamptz, p_after_sensor integer,
    p_limit integer
) RETURNS TABLE ("time" timestamptz, sensor_id integer, point jsonb)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_point CONSTANT text := $sql$jsonb_build_object('value', mean, 'count', count, 'min', min, 'max', max, 'mean', mean,
        'stddev', CASE WHEN count > 1 THEN sqrt(greatest(0, (sum_sq - sum * sum / count) / (count - 1))) END,
        'first', first, 'last', last)$sql$;
    -- days are made of hours here; nothing is stored twice
    c_day CONSTANT text := $sql$(
        SELECT public.time_bucket(INTERVAL '1 day', h.bucket) AS bucket, h.sensor_id, sum(h.count)::bigint AS count,
            min(h.min) AS min, max(h.max) AS max, sum(h.sum) / sum(h.count)::float8 AS mean, sum(h.sum) AS sum,
            sum(h.sum_sq) AS sum_sq, public.first(h.first, h.bucket) AS first, public.last(h.last, h.bucket) AS last
        FROM rollup.reading_1h AS h
        WHERE h.sensor_id = s.id AND h.bucket >= $2 AND h.bucket < $3
        GROUP BY 1, 2)$sql$;
BEGIN
    RETURN QUERY EXECUTE format($sql$
        SELECT bucket, sensor_id, %1$s
        FROM (
            SELECT r.*
            FROM unnest($1) AS s (id)
            CROSS JOIN LATERAL (
                SELECT i.* FROM %2$s AS i
                WHERE i.sensor_id = s.id AND i.bucket >= greatest($2, $4) AND i.bucket < $3
                    AND ($4 IS NULL OR (i.bucket, i.sensor_id) > ($4, $5))
                ORDER BY i.bucket LIMIT $6
            ) AS r
            ORDER BY r.bucket, r.sensor_id LIMIT $6
        ) AS p
        ORDER BY bucket, sensor_id $sql$,
        c_point, CASE p_bucket WHEN '1m' THEN 'rollup.reading_1m' WHEN '1h' THEN 'rollup.reading_1h' ELSE c_day END)
    USING p_sensor_ids, p_start, p_end, p_after_time, p_after_sensor, p_limit;
END
$$;
COMMENT ON FUNCTION api.bucket_points(text, integer[], timestamptz, timestamptz, timestamptz, integer, integer) IS
    'One page of aggregated buckets (1m, 1h, 1d) of some sensors, in time order, after a position. Called by api.list_sensor_data.';
REVOKE ALL ON FUNCTION api.bucket_points(text, integer[], timestamptz, timestamptz, timestamptz, integer, integer) FROM PUBLIC;
