CREATE OR REPLACE FUNCTION plant.sensor_then(sensor_id integer, "at" timestamptz)
    RETURNS TABLE (name text, type text, unit text)
    -- a parsed body without settings of its own, which the planner puts in place of the call
    LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
    SELECT x.name, x.type, x.unit
    FROM (
        (SELECT f.name, f.type, f.unit, f.until
         FROM plant.former_sensor AS f
         WHERE f.sensor_id = $1 AND f.until > $2
         ORDER BY f.until
         LIMIT 1)
        UNION ALL
        SELECT s.name, s.type, s.unit, 'infinity' FROM plant.sensor AS s WHERE s.id = $1
    ) AS x
    ORDER BY x.until
    LIMIT 1;
END;
COMMENT ON FUNCTION plant.sensor_then(integer, timestamptz) IS
    'What a sensor (plant.sensor.id) was called, its type and unit at a moment, also when it was renamed or removed since.';
REVOKE ALL ON FUNCTION plant.sensor_then(integer, timestamptz) FROM PUBLIC;
