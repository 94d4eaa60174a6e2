CREATE VIEW alarm.system_failure AS
SELECT s.condition, s.object, s.level, s.value, s.limit_value, c.unit, a.severity, s.beyond_since, a.id AS alarm_id, a.raised_at,
    a.acknowledged, a.shelved IS NOT NULL OR a.suppressed_by <> '{}' OR a.out_of_service AS is_held, s.detail
FROM alarm.system_state AS s
LEFT JOIN alarm.system_condition AS c ON c.name = s.condition
LEFT JOIN alarm.alarm AS a ON a.code = alarm.system_code(s.condition, s.object) AND a.condition = 'system' AND a.cleared_at IS NULL;
COMMENT ON VIEW alarm.system_failure IS
    'What is beyond a limit of alarm.system_condition now, or waits to clear, with its alarm; alarm_id NULL: the on_delay is not over.';
GRANT SELECT ON alarm.system_failure TO viewer;
