CREATE OR REPLACE FUNCTION api.get_latest_sensor_data(
    device_id text, sensor_type text DEFAULT NULL, sensor text DEFAULT NULL
) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    WITH value AS (
        SELECT l.time, s.id AS sensor_id,
               jsonb_build_object('time', api.iso(l.time), 'device_id', s.equipment_id, 'sensor', s.name,
            'sensor_type', CASE s.type WHEN get_latest_sensor_data.sensor_type THEN s.type
                                       ELSE telemetry.field_type(s.type, s.name) END,
            'type', s.type, 'value', l.value, 'unit', s.unit, 'quality', l.quality,
            'created_at', api.iso(coalesce(l.received_at, l.time))) AS point
        FROM plant.sensor AS s
        CROSS JOIN LATERAL api.latest_point(s.id) AS l
        WHERE s.equipment_id = device_id
            AND (get_latest_sensor_data.sensor_type IS NULL
                 OR get_latest_sensor_data.sensor_type IN (s.type, telemetry.field_type(s.type, s.name)))
            AND (get_latest_sensor_data.sensor IS NULL OR s.name = get_latest_sensor_data.sensor)
    )
    -- no value at all: no row, which is a 404
    SELECT (array_agg(v.point ORDER BY v.time DESC, v.sensor_id))[1]
        || jsonb_build_object('sensors', jsonb_agg(v.point ORDER BY v.point ->> 'sensor'))
    FROM value AS v HAVING count(*) > 0
$$;
COMMENT ON FUNCTION api.get_latest_sensor_data(text, text, text) IS
    'The newest point of an equipment, and in sensors the newest of each of its sensors. 404 where there is none. '
    'sensor_type as in api.list_sensor_data. created_at: when it arrived, where that is known, else time.';
REVOKE ALL ON FUNCTION api.get_latest_sensor_data(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.get_latest_sensor_data(text, text, text) TO viewer;
