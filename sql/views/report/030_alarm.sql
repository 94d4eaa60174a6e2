CREATE VIEW report.active_alarm AS
SELECT
    a.id, a.severity, a.equipment_id, e.name AS equipment_name, e.location, s.name AS sensor, a.code AS rule, a.level,
    a.value, a.limit_value, a.peak_value, s.unit, a.raised_at, now() - a.raised_at AS standing_for,
    a.acknowledged, a.acknowledged_by, a.acknowledged_at, a.shelved IS NOT NULL AS is_shelved, a.shelved_until,
    a.suppressed_by <> '{}' AS is_suppressed, a.out_of_service, a.latched, a.chattering,
    alarm.message(a, '{ko}') ->> 'ko' AS message_ko, alarm.message(a, '{en}') ->> 'en' AS message_en, v.rank AS severity_rank, v.colour,
    alarm.message(a) AS message
FROM alarm.alarm AS a
LEFT JOIN plant.equipment AS e ON e.id = a.equipment_id
LEFT JOIN plant.sensor AS s ON s.id = a.sensor_id
LEFT JOIN alarm.severity AS v ON v.name = a.severity
WHERE a.cleared_at IS NULL;
COMMENT ON VIEW report.active_alarm IS
    'Alarms that stand, also shelved and suppressed ones (see the flags). Order by severity_rank DESC, raised_at for an operator''s list.';
GRANT SELECT ON report.active_alarm TO viewer;

CREATE VIEW report.alarm_history AS
SELECT
    a.id, a.raised_at, a.cleared_at, coalesce(a.cleared_at, now()) - a.raised_at AS duration, a.worst_severity AS severity,
    a.equipment_id, s.name AS sensor, a.code AS rule, a.rule_id, a.rule_version, a.condition, a.level, a.peak_value, a.limit_value, s.unit,
    a.acknowledged_by, a.acknowledged_at, a.acknowledged_at - a.raised_at AS time_to_acknowledge, a.escalated_at, a.chattering,
    alarm.message(a, '{ko}') ->> 'ko' AS message_ko, alarm.message(a, '{en}') ->> 'en' AS message_en, alarm.message(a) AS message
FROM alarm.alarm AS a
LEFT JOIN plant.sensor AS s ON s.id = a.sensor_id
WHERE a.retracted_at IS NULL;
COMMENT ON VIEW report.alarm_history IS 'Every alarm ever raised and not taken back, with its duration and who acknowledged it after how long. Filter by raised_at.';
GRANT SELECT ON report.alarm_history TO viewer;
