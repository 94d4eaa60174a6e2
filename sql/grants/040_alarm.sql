-- Rules are written in psql as well as over HTTP: triggers check them either way. Alarms and transitions are written by functions only.
GRANT SELECT ON ALL TABLES IN SCHEMA alarm TO viewer;
GRANT INSERT, UPDATE, DELETE ON alarm.rule, alarm.rule_test, alarm.message_template, alarm.known_sensor_type, alarm.known_fault,
    alarm.baseline, alarm.vibration_zone TO engineer;
GRANT EXECUTE ON FUNCTION alarm.match(alarm.rule[], integer[], text[]), alarm.like_patterns(text[]) TO viewer;
