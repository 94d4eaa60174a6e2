CREATE OR REPLACE FUNCTION report.quality_flat(
    "from" timestamptz, "to" timestamptz, machine text DEFAULT NULL, zone text DEFAULT NULL)
    RETURNS TABLE (equipment text, sensor text, value float8, unit text, since timestamptz, until timestamptz,
        length interval)
    LANGUAGE sql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH hour AS (
        SELECT h.sensor_id, h.bucket, h.min AS value, h.count,
               -- in a run with the hour before: as flat, at the same value
               (x.is_still IS NOT TRUE AND h.min = h.max AND h.min = lag(h.max) OVER w
                   AND lag(h.min) OVER w = lag(h.max) OVER w
                AND h.bucket = lag(h.bucket) OVER w + INTERVAL '1 hour') IS TRUE AS continues,
               h.min = h.max AND h.count > 1 AND x.is_still IS NOT TRUE AS is_flat,
               h.first_time, h.last_time
        FROM rollup.reading_1h AS h
        JOIN plant.sensor AS s ON s.id = h.sensor_id
        -- of a machine that stands still nothing else is to be expected
        LEFT JOIN LATERAL (
            SELECT bool_and(m.running + m.idle = 0) AND bool_or(m.stopped > 0) AS is_still
            FROM rollup.machine_15m AS m
            WHERE h.min = h.max AND m.equipment_id = s.equipment_id
              AND m.bucket >= h.bucket AND m.bucket < h.bucket + INTERVAL '1 hour'
        ) AS x ON true
        WHERE h.bucket >= date_trunc('hour', $1) AND h.bucket < $2 AND ($3 IS NULL OR s.equipment_id = $3)
          AND NOT EXISTS (SELECT FROM ingest.binary_type AS b WHERE b.sensor_type = s.type)
        WINDOW w AS (PARTITION BY h.sensor_id ORDER BY h.bucket)
    ), run AS (
        SELECT h.*, count(*) FILTER (WHERE NOT h.continues) OVER (PARTITION BY h.sensor_id ORDER BY h.bucket) AS number
        FROM hour AS h
    )
    SELECT s.equipment_id, s.name, x.value, s.unit, x.since, x.until, x.until - x.since
    FROM (
        SELECT r.sensor_id, r.value, greatest(min(r.first_time), $1) AS since, least(max(r.last_time), $2) AS until
        FROM run AS r
        WHERE r.is_flat
        GROUP BY r.sensor_id, r.number, r.value
    ) AS x
    JOIN plant.sensor AS s ON s.id = x.sensor_id
    WHERE x.until - x.since >= ops.setting_interval('report.flat')
    ORDER BY 7 DESC, s.equipment_id, s.name, x.since
$$;
COMMENT ON FUNCTION report.quality_flat(timestamptz, timestamptz, text, text) IS
    'Section: sensors that gave one and the same value in every hour for at least the setting report.flat, each time of it, longest first: stuck, frozen or disconnected. Of types that are only 0 or 1 (ingest.binary_type), and of hours in which the machine stood still, it says nothing.';
REVOKE ALL ON FUNCTION report.quality_flat(timestamptz, timestamptz, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.quality_flat(timestamptz, timestamptz, text, text) TO viewer;
