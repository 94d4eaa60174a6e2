CREATE OR REPLACE FUNCTION api.last_point(
    p_sensor_ids integer[], p_start timestamptz, p_to timestamptz
) RETURNS timestamptz
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_step CONSTANT interval := INTERVAL '1 microsecond'; -- two times are never closer
BEGIN
    -- the last reading, or the last finished day, which outlives it
    RETURN (
        SELECT max(n.time)
        FROM unnest(p_sensor_ids) AS s (id)
        CROSS JOIN LATERAL (
            (SELECT r.time + c_step FROM telemetry.reading AS r
             WHERE r.sensor_id = s.id AND r.time >= p_start AND r.time < p_to ORDER BY r.time DESC LIMIT 1)
            UNION ALL
            (SELECT least(d.bucket_end, p_to) FROM rollup.day AS d
             WHERE d.sensor_id = s.id AND d.bucket < p_to AND d.bucket > p_start - INTERVAL '2 days'
                 AND d.bucket_end > p_start
             ORDER BY d.bucket DESC LIMIT 1)
        ) AS n (time));
END
$$;
COMMENT ON FUNCTION api.last_point(integer[], timestamptz, timestamptz) IS
    'No point of some sensors lies between this time (at most p_to) and p_to; NULL: there is none from p_start on. '
    'Called by api.bucket_points.';
REVOKE ALL ON FUNCTION api.last_point(integer[], timestamptz, timestamptz) FROM PUBLIC;
