CREATE OR REPLACE FUNCTION alarm.story(machine alarm.signal, outcome alarm.outcome, severity text DEFAULT NULL)
    RETURNS TABLE (ordinal bigint, "time" timestamptz, kind text, level text, severity text, rank smallint, limit_value float8,
                   value float8, peak float8, chatter_started boolean, chattering boolean, cleared boolean, occurrence bigint)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 4
BEGIN ATOMIC
    SELECT e.ordinal, e.time,
           CASE WHEN e.before = 0 THEN 'raised' WHEN e.active = 0 THEN 'cleared'
                -- another limit may become active or inactive behind the worst one: nothing to tell
                WHEN l.level <> p.level THEN 'severity_changed' END,
           l.level, l.severity, l.rank, l.limit_value, e.value, e.peak,
           e.chattering AND NOT e.chattering_before AND e.before = 0, e.chattering, e.active = 0,
           -- 0: belongs to the alarm that was open before; n: to the nth that these samples raised
           count(*) FILTER (WHERE e.before = 0) OVER (ORDER BY e.ordinal)
    FROM (
        SELECT u.ordinal, u.time, u.value, u.peak, u.active & 15 AS active, u.active & 16 <> 0 AS chattering,
               coalesce(lag(u.active) OVER (ORDER BY u.ordinal), ($2).active_before) & 15 AS before,
               coalesce(lag(u.active) OVER (ORDER BY u.ordinal), 0) & 16 <> 0 AS chattering_before
        FROM unnest(($2).event_time, ($2).event_active, ($2).event_value, ($2).event_peak) WITH ORDINALITY
            AS u (time, active, value, peak, ordinal)
    ) AS e
    CROSS JOIN LATERAL alarm.governing_limit($1, CASE e.active WHEN 0 THEN e.before ELSE e.active END, $3) AS l
    LEFT JOIN LATERAL alarm.governing_limit($1, e.before, $3) AS p ON e.before <> 0 AND e.active <> 0;
END;
COMMENT ON FUNCTION alarm.story(alarm.signal, alarm.outcome, text) IS
    'What alarm.run found, told as transitions of alarms: kind (NULL where nothing that is told changed), limit, severity, value and the ordinal of the alarm among those that the samples raised. Shared by ingest, backtest and rule tests.';
REVOKE ALL ON FUNCTION alarm.story(alarm.signal, alarm.outcome, text) FROM PUBLIC;
