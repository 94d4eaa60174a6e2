CREATE VIEW report.rule_limit AS
SELECT s.equipment_id, s.name AS sensor, s.id AS sensor_id, s.type AS sensor_type, s.unit, r.name AS rule, g.rule_id, g.condition,
       l.level, l.value AS limit_value, l.severity, v.rank AS severity_rank, v.colour
FROM alarm.signal AS g
JOIN alarm.rule AS r ON r.id = g.rule_id AND r.enabled
-- a number that is derived first (change per second, seconds without a value) has no line in the sensor's unit
JOIN alarm.condition AS c ON c.name = g.condition AND c.judged = 'sample' AND NOT c.steps
JOIN plant.sensor AS s ON s.id = g.sensor_id
CROSS JOIN LATERAL (VALUES
    ('low_low', g.low_low, g.severities[1]), ('low', g.low, g.severities[2]),
    ('high', g.high, g.severities[3]), ('high_high', g.high_high, g.severities[4])) AS l (level, value, severity)
LEFT JOIN alarm.severity AS v ON v.name = l.severity
-- baselines by hour or state move, and are judged by the clock
WHERE g.assigned AND g.live AND abs(l.value) < 'Infinity';
COMMENT ON VIEW report.rule_limit IS
    'The limits that a sensor''s values are held against now, one row each, in the sensor''s unit: lines for a chart. Rules that judge a derived number are left out.';
GRANT SELECT ON report.rule_limit TO viewer;
