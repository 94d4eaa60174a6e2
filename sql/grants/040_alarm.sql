-- Rules are written in psql as well as over HTTP: triggers check them either way. Alarms and transitions are written by functions only.
GRANT SELECT ON ALL TABLES IN SCHEMA alarm TO viewer;
GRANT INSERT, UPDATE, DELETE ON alarm.rule, alarm.rule_test, alarm.message_template, alarm.known_sensor_type, alarm.known_fault,
    alarm.baseline, alarm.operating_state, alarm.vibration_zone TO engineer;
GRANT EXECUTE ON FUNCTION alarm.match(alarm.rule[], integer[], text[]), alarm.like_patterns(text[]) TO viewer;
-- Rules written in SQL: no schema of secrets, no function of ours, nothing that writes. What PUBLIC may, alarm.check_sql narrows further.
GRANT USAGE ON SCHEMA public, plant, telemetry, rollup, ml, report TO alarm_expression;
GRANT SELECT ON ALL TABLES IN SCHEMA plant, telemetry, rollup, ml, report TO alarm_expression;
-- On the Apache edition a rollup asks functions how far its finished buckets reach.
DO $$
BEGIN
    EXECUTE coalesce((SELECT string_agg(format('GRANT EXECUTE ON FUNCTION %s TO alarm_expression', p.oid::regprocedure), '; ')
                      FROM pg_proc AS p WHERE p.pronamespace = to_regnamespace('compat') AND p.proname ~ '^(watermark_[0-9]+|read_watermark)$'), 'SELECT');
END
$$;
