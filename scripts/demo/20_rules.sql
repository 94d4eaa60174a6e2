-- Rules for the simulated plant, made once, at the first start with the simulator. Yours to change or delete: they do not come back.
SELECT alarm.create_rule(rule, 'demo', 'make run, first start')
FROM (VALUES
    ('{"name": "demo: vibration", "owner": "demo", "description": "Zone C of ISO 10816-1, class I (small machines), and beyond.",
       "condition": "above", "high": 1.8, "high_high": 4.5, "deadband": 0.2, "on_delay": 2, "off_delay": 5,
       "severity": "medium", "severity_high_high": "critical", "select_sensor_type": ["vibration"]}'::jsonb),
    ('{"name": "demo: temperature", "owner": "demo", "description": "A bearing that runs hot.",
       "condition": "above", "high": 62, "high_high": 75, "deadband": 1, "on_delay": 5, "off_delay": 5,
       "severity": "medium", "severity_high_high": "high", "select_sensor_type": ["temperature"]}'),
    ('{"name": "demo: pressure", "owner": "demo", "description": "Too little or too much air.", "condition": "outside", "low": 5, "high": 8,
       "deadband": 0.1, "on_delay": 5, "severity": "high", "select_sensor_type": ["pressure"]}')
) AS demo (rule)
WHERE NOT EXISTS (SELECT FROM alarm.rule_version WHERE changed_by = 'demo');
