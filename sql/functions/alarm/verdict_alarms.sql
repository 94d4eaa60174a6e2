CREATE OR REPLACE FUNCTION alarm.verdict_alarms(
    equipment_id text, "time" timestamptz[], is_anomaly boolean[], severity text[], until timestamptz
) RETURNS TABLE (rule text, raised_at timestamptz, cleared_at timestamptz, severity text, chattering boolean)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 10
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH outcome AS MATERIALIZED (
        SELECT g AS signal, r.name AS rule, alarm.run(g, NULL::alarm.state, verdict_alarms.time, alarm.consecutive(verdict_alarms.is_anomaly), verdict_alarms.until) AS outcome
        FROM alarm.signal AS g
        JOIN alarm.rule AS r ON r.id = g.rule_id
        WHERE g.equipment_id = verdict_alarms.equipment_id AND g.condition = 'model_verdict' AND g.assigned
          AND cardinality(verdict_alarms.time) > 0
    )
    SELECT o.rule, min(e.time), max(e.time) FILTER (WHERE e.cleared),
           -- a verdict brings its own severity: that of the last one when the alarm came up
           (SELECT u.severity FROM unnest(verdict_alarms.time, verdict_alarms.severity) AS u (time, severity)
            WHERE u.severity IS NOT NULL AND u.time <= min(e.time) ORDER BY u.time DESC LIMIT 1), bool_or(e.chattering)
    FROM outcome AS o
    CROSS JOIN LATERAL alarm.story(o.signal, o.outcome) AS e
    GROUP BY o.rule, e.occurrence
    ORDER BY 2, 1
$$;
COMMENT ON FUNCTION alarm.verdict_alarms(text, timestamptz[], boolean[], text[], timestamptz) IS
    'What verdicts in time order would have raised by the model_verdict rules that watch the equipment, through the machine that live verdicts go through; severity is NULL where there was no anomaly. Writes nothing.';
REVOKE ALL ON FUNCTION alarm.verdict_alarms(text, timestamptz[], boolean[], text[], timestamptz) FROM PUBLIC;
