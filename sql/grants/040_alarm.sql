-- Rules are written in psql as well as over HTTP: triggers check them either way. Alarms and transitions are written by functions only.
GRANT SELECT ON ALL TABLES IN SCHEMA alarm TO viewer;
GRANT INSERT, UPDATE, DELETE ON alarm.rule, alarm.rule_test, alarm.message_template, alarm.known_sensor_type, alarm.known_fault,
    alarm.baseline, alarm.operating_state, alarm.vibration_zone TO engineer;
-- not its function: that runs as the owner of the product
GRANT UPDATE (enabled, high, high_high, deadband, severity, severity_high_high, on_delay, off_delay, period, minimum, every, degrades_health)
    ON alarm.system_condition TO engineer;
GRANT INSERT, UPDATE, DELETE ON alarm.allowed_routine, alarm.allowed_type TO admin;
GRANT EXECUTE ON FUNCTION alarm.match(alarm.rule[], integer[], text[]), alarm.like_patterns(text[]) TO viewer;
-- Rules written in SQL: no schema of secrets, no function of ours, nothing that writes. What PUBLIC may, alarm.check_sql narrows further.
GRANT USAGE ON SCHEMA public, plant, telemetry, rollup, ml, report TO alarm_expression;
GRANT SELECT ON ALL TABLES IN SCHEMA plant, telemetry, rollup, ml, report TO alarm_expression;
-- What these views call is called as whoever reads them: our own functions in them, and on the Apache edition those that say how far a
-- rollup's finished buckets reach. A function that writes has no business in a view.
DO $$
BEGIN
    EXECUTE coalesce((
        SELECT string_agg(format('GRANT EXECUTE ON FUNCTION %s TO alarm_expression', f.oid::regprocedure), '; ')
        FROM (
            SELECT p.oid FROM pg_proc AS p
            WHERE p.pronamespace = to_regnamespace('compat') AND p.proname ~ '^(watermark_[0-9]+|read_watermark)$'
            UNION
            SELECT p.oid
            FROM pg_class AS c
            JOIN pg_rewrite AS w ON w.ev_class = c.oid
            JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_proc'::regclass
            JOIN pg_proc AS p ON p.oid = d.refobjid AND p.provolatile <> 'v'
            WHERE c.relkind = 'v' AND c.relnamespace::regnamespace::text = ANY ('{plant,telemetry,rollup,ml,report}')
              AND p.pronamespace::regnamespace::text = ANY ('{alarm,ml,ops,plant,report,rollup}')
        ) AS f), 'SELECT');
END
$$;
