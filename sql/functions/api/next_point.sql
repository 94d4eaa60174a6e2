CREATE OR REPLACE FUNCTION api.next_point(p_sensor_ids integer[], p_from timestamptz, p_end timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- the first reading, or the first finished day, which outlives it
    RETURN (
        SELECT min(n.time)
        FROM unnest(p_sensor_ids) AS s (id)
        CROSS JOIN LATERAL (
            (SELECT r.time FROM telemetry.reading AS r WHERE r.sensor_id = s.id AND r.time >= p_from AND r.time < p_end ORDER BY r.time LIMIT 1)
            UNION ALL
            (SELECT greatest(d.bucket, p_from) FROM rollup.day AS d
             WHERE d.sensor_id = s.id AND d.bucket > p_from - INTERVAL '2 days' AND d.bucket < p_end AND d.bucket_end > p_from
             ORDER BY d.bucket LIMIT 1)
        ) AS n);
END
$$;
COMMENT ON FUNCTION api.next_point(integer[], timestamptz, timestamptz) IS
    'No point of some sensors lies between p_from and this time (less than p_end); NULL: there is none up to p_end. Called by api.bucket_points.';
REVOKE ALL ON FUNCTION api.next_point(integer[], timestamptz, timestamptz) FROM PUBLIC;
