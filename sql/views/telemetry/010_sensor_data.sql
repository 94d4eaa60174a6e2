CREATE VIEW public.sensor_data AS
SELECT r.time, s.equipment_id AS device_id, s.type AS sensor_type, s.name AS sensor, r.value, s.unit, r.quality, r.is_historical,
       r.sensor_id
FROM telemetry.reading AS r
JOIN plant.sensor AS s ON s.id = r.sensor_id;
COMMENT ON VIEW public.sensor_data IS
    'Points with the names of their equipment and sensor, under the name that the field knows. Filter by time and device_id.';
GRANT SELECT ON public.sensor_data TO viewer;
