CREATE VIEW alarm.rule_assignment AS
SELECT m.equipment_id, s.name AS sensor, m.sensor_id, r.name AS rule, m.rule_id, r.family, m.specificity, m.because,
       g.assigned IS TRUE AS applies,
       CASE
           WHEN NOT r.enabled THEN 'the rule is disabled'
           WHEN g.assigned IS TRUE AND r.family IS NULL THEN 'selected'
           WHEN g.assigned IS TRUE THEN 'the most specific rule of family ' || r.family
           WHEN r.family IS NOT NULL AND w.name IS NOT NULL THEN format('rule "%s" of family %s is more specific', w.name, r.family)
           WHEN r.condition = 'baseline' AND r.parameters ->> 'state' = 'each' THEN 'the sensor has no baseline of a state of its machine: alarm.operating_state, alarm.learn_baseline'
           WHEN r.condition = 'baseline' THEN 'the sensor has no baseline: alarm.learn_baseline'
           WHEN r.condition = 'iso_zone' THEN 'no vibration zone for the machine''s class, power and the sensor''s unit'
           WHEN r.condition = 'two_signal' THEN 'the equipment has no such other sensor'
           ELSE 'not assigned yet'
       END AS why,
       g.low_low, g.low, g.high, g.high_high, g.deadband, s.unit, g.basis
FROM alarm.rule AS r
CROSS JOIN LATERAL alarm.match(ARRAY[r]) AS m
LEFT JOIN plant.sensor AS s ON s.id = m.sensor_id
LEFT JOIN alarm.signal AS g ON g.rule_id = m.rule_id AND g.equipment_id = m.equipment_id AND g.sensor_id IS NOT DISTINCT FROM m.sensor_id
    -- of a machine whose bundles speak each for itself: one
    AND (m.sensor_id IS NOT NULL OR g.id = (
        SELECT x.id FROM alarm.signal AS x WHERE x.rule_id = m.rule_id AND x.equipment_id = m.equipment_id AND x.sensor_id IS NULL
        ORDER BY x.assigned DESC, x.id LIMIT 1))
LEFT JOIN LATERAL (
    SELECT o.name
    FROM alarm.signal AS x
    JOIN alarm.rule AS o ON o.id = x.rule_id
    WHERE x.assigned AND x.equipment_id = m.equipment_id AND x.sensor_id IS NOT DISTINCT FROM m.sensor_id AND o.family = r.family AND o.id <> r.id
    LIMIT 1
) AS w ON r.family IS NOT NULL;
COMMENT ON VIEW alarm.rule_assignment IS
    'Which rule applies to which sensor and why (or why not), with the limits in the sensor''s own unit. One row per rule and sensor that it selects.';
GRANT SELECT ON alarm.rule_assignment TO viewer;
