CREATE VIEW report.current_value AS
SELECT
    s.equipment_id, s.name AS sensor, s.type AS sensor_type, l.value, s.unit, l.time, l.quality, now() - l.time AS age,
    s.range_min, s.range_max, l.value < s.range_min OR l.value > s.range_max AS is_out_of_range, s.id AS sensor_id
FROM plant.sensor AS s
JOIN telemetry.latest AS l ON l.sensor_id = s.id AND isfinite(l.time);
COMMENT ON VIEW report.current_value IS
    'The newest live value of each sensor and its age. Sensors that have only historical points, or none, are left out.';
GRANT SELECT ON report.current_value TO viewer;
