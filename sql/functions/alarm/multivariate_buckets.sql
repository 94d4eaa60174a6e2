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
    v_pending tstzmultirange;
    v_stated boolean;
BEGIN
    IF v_from >= v_to THEN
        RETURN;
    END IF;
    v_pending := telemetry.rollup_pending('1m', v_from, v_to);
    v_stated := EXISTS (SELECT FROM alarm.operating_state AS o
                        WHERE o.equipment_id = multivariate_buckets.equipment_id);
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
    )
    SELECT w.bucket, '*'::text, w.value FROM whole AS w WHERE NOT v_stated
    UNION ALL
    -- a bucket in which the state changed belongs to none
    SELECT w.bucket, r.state, w.value
    FROM alarm.state_runs(multivariate_buckets.equipment_id, v_from, v_to) AS r
    JOIN whole AS w ON w.bucket >= r.since AND w.bucket + multivariate_buckets.width <= r.until
    WHERE v_stated
    ORDER BY 1;
END
$$;
COMMENT ON FUNCTION alarm.multivariate_buckets(text, integer[], interval, timestamptz, timestamptz) IS
    'The means of a machine''s signals (in the order of sensors) in the whole buckets of width from … to in which all '
    'of them spoke, with the operating state that held throughout; *: the machine has no states. bucket: its start.';
REVOKE ALL ON FUNCTION alarm.multivariate_buckets(text, integer[], interval, timestamptz, timestamptz) FROM PUBLIC;
