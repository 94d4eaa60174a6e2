CREATE OR REPLACE FUNCTION api.raw_points(
    p_sensor_ids integer[], p_start timestamptz, p_end timestamptz, p_after_time timestamptz, p_after_sensor integer,
    p_limit integer, p_is_descending boolean
) RETURNS TABLE ("time" timestamptz, sensor_id integer, point jsonb)
LANGUAGE sql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
    -- one ordered index scan per sensor that stops after a page; a single scan over all sensors would have to sort the
    -- whole range. Of the two halves one is never begun.
    SELECT p.time, p.sensor_id,
           jsonb_build_object('value', p.value, 'quality', p.quality, 'created_at', api.iso(p.time))
    FROM (
        (SELECT r.*
         FROM unnest(p_sensor_ids) AS s (id)
         CROSS JOIN LATERAL (
             SELECT i.time, i.sensor_id, i.value, i.quality FROM telemetry.reading AS i
             WHERE i.sensor_id = s.id AND i.time >= greatest(p_start, p_after_time) AND i.time < p_end
                 AND (p_after_time IS NULL OR (i.time, i.sensor_id) > (p_after_time, p_after_sensor))
             ORDER BY i.time LIMIT p_limit
         ) AS r
         WHERE NOT p_is_descending
         ORDER BY r.time, r.sensor_id LIMIT p_limit)
        UNION ALL
        (SELECT r.*
         FROM unnest(p_sensor_ids) AS s (id)
         CROSS JOIN LATERAL (
             SELECT i.time, i.sensor_id, i.value, i.quality FROM telemetry.reading AS i
             WHERE i.sensor_id = s.id AND i.time >= p_start AND i.time < p_end
                 AND (p_after_time IS NULL
                      OR i.time <= p_after_time AND (i.time, i.sensor_id) < (p_after_time, p_after_sensor))
             ORDER BY i.time DESC LIMIT p_limit
         ) AS r
         WHERE p_is_descending
         ORDER BY r.time DESC, r.sensor_id DESC LIMIT p_limit)
    ) AS p
$$;
COMMENT ON FUNCTION api.raw_points(integer[], timestamptz, timestamptz, timestamptz, integer, integer, boolean) IS
    'One page of points of some sensors, in time order or against it, behind a position. Called by '
    'api.list_sensor_data.';
REVOKE ALL ON FUNCTION api.raw_points(integer[], timestamptz, timestamptz, timestamptz, integer, integer, boolean)
    FROM PUBLIC;
