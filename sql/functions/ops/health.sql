CREATE OR REPLACE FUNCTION ops.health() RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH failure AS (
        -- the rows that alarms are raised from; what waits for an on_delay is shown already
        SELECT s.condition, s.object, c.degrades_health, v.rank, alarm.system_text(s, 'en') AS text
        FROM alarm.system_state AS s
        JOIN alarm.system_condition AS c ON c.name = s.condition AND c.enabled
        JOIN alarm.severity AS v ON v.name = CASE s.level WHEN 'high_high' THEN coalesce(c.severity_high_high, c.severity) ELSE c.severity END
        WHERE s.level IS NOT NULL
    ), object AS (
        SELECT f.condition, jsonb_agg(f.object ORDER BY f.object) AS list FROM failure AS f GROUP BY f.condition
    ), problem AS (
        SELECT 'down' AS level, 100000 AS rank, 'the database is a read-only standby' AS text WHERE pg_is_in_recovery()
        UNION ALL
        SELECT 'degraded', f.rank, f.text FROM failure AS f WHERE f.degrades_health
        UNION ALL
        SELECT 'degraded', 0, format('system failures were last looked for at %s', alarm.iso_time(max(r.measured_at)))
        FROM alarm.system_run AS r
        JOIN alarm.system_condition AS c ON c.name = r.condition AND c.every IS NOT NULL
        HAVING max(r.measured_at) < clock_timestamp() - ops.setting_interval('ops.process_lifetime') AND NOT pg_is_in_recovery()
    )
    SELECT jsonb_build_object(
        'status', CASE WHEN EXISTS (SELECT FROM problem AS p WHERE p.level = 'down') THEN 'down'
                       WHEN EXISTS (SELECT FROM problem AS p) THEN 'degraded' ELSE 'ok' END,
        'problems', (SELECT coalesce(jsonb_agg(p.text ORDER BY p.rank DESC, p.text), '[]') FROM problem AS p),
        'failures', (SELECT coalesce(jsonb_object_agg(o.condition, o.list), '{}') FROM object AS o),
        'edition', ops.edition(),
        'last_received', (SELECT to_char(max(l.received_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') FROM telemetry.latest AS l),
        'dead_letters', (SELECT count(*) FROM relay.delivery AS d WHERE d.status = 'dead'),
        'waiting_deliveries', (SELECT count(*) FROM relay.delivery AS d WHERE d.status IN ('pending', 'sending')),
        'failing_jobs', (SELECT coalesce(max(o.list::text)::jsonb, '[]') FROM object AS o WHERE o.condition = 'job_fails'),
        'late_jobs', (SELECT coalesce(max(o.list::text)::jsonb, '[]') FROM object AS o WHERE o.condition = 'job_late'),
        'lagging_aggregates', (SELECT coalesce(max(o.list::text)::jsonb, '[]') FROM object AS o WHERE o.condition = 'aggregate_stale'),
        'lost_sessions', (SELECT coalesce(max(o.list::text)::jsonb, '[]') FROM object AS o WHERE o.condition = 'mqtt_session_lost'),
        'anonymous_access', auth.anonymous_access(),
        'warnings', (
            SELECT coalesce(jsonb_agg(w.warning), '[]')
            FROM (SELECT s.warning FROM ops.server_warnings() AS s
                  UNION ALL
                  SELECT format('requests without a token from %s act as %s (setting auth.anonymous_role)',
                                a.access ->> 'networks', a.access ->> 'role')
                  FROM (SELECT auth.anonymous_access() AS access OFFSET 0) AS a WHERE a.access IS NOT NULL) AS w))
$$;
COMMENT ON FUNCTION ops.health() IS
    'How the database sees itself: {status: ok | degraded | down, problems[], failures: {condition: [object]}, edition, last_received, dead_letters, waiting_deliveries, failing_jobs[], late_jobs[], lagging_aggregates[], lost_sessions[], anonymous_access: {role, networks} | null, warnings[]}. down: it takes no data in. degraded: it does, but somebody must look: what alarm.judge_system found beyond a limit of alarm.system_condition. Part of GET /health.';
REVOKE ALL ON FUNCTION ops.health() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.health() TO thin, viewer;
