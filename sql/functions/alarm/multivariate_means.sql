CREATE OR REPLACE FUNCTION alarm.multivariate_means(
    sensors integer[], width interval, "from" timestamptz, "to" timestamptz, pending tstzmultirange
)
    RETURNS TABLE (bucket timestamptz, value float8[])
    LANGUAGE plpgsql STABLE ROWS 100
    -- called for each machine and minute: planning anew took three quarters of it
    SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT p.bucket, array_agg(p.mean ORDER BY p.place)
    FROM (
        SELECT u.place, date_bin(multivariate_means.width, x.bucket, timestamptz '2000-01-01 00:00Z') AS bucket,
               sum(x.sum) / sum(x.count) AS mean
        FROM unnest(multivariate_means.sensors) WITH ORDINALITY AS u (sensor_id, place)
        JOIN plant.sensor AS s ON s.id = u.sensor_id
        CROSS JOIN LATERAL (
            SELECT m.bucket, m.sum, m.count, m.min, m.max FROM rollup.reading_1m AS m
            WHERE m.sensor_id = u.sensor_id AND m.bucket >= multivariate_means.from
              AND m.bucket < multivariate_means.to AND NOT multivariate_means.pending @> m.bucket
            UNION ALL
            -- readings came, or went, since the last refresh
            SELECT m.bucket, m.sum, m.count, m.min, m.max
            FROM alarm.pending_minute(u.sensor_id, multivariate_means.from, multivariate_means.to,
                                      multivariate_means.pending) AS m
            WHERE multivariate_means.pending <> '{}'
        ) AS x
        GROUP BY 1, 2
        -- what lies outside the sensor's range is not the machine
        HAVING min(x.min) >= coalesce(min(s.range_min), '-Infinity')
           AND max(x.max) <= coalesce(min(s.range_max), 'Infinity')
    ) AS p
    GROUP BY p.bucket
    HAVING count(*) = cardinality(multivariate_means.sensors);
END
$$;
COMMENT ON FUNCTION alarm.multivariate_means(integer[], interval, timestamptz, timestamptz, tstzmultirange) IS
    'The means of sensors (in their order) in the buckets of width from … to in which all of them spoke within their '
    'ranges; pending: telemetry.rollup_pending of the minutes.';
REVOKE ALL ON FUNCTION alarm.multivariate_means(integer[], interval, timestamptz, timestamptz, tstzmultirange)
    FROM PUBLIC;
