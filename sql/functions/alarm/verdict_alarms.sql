CREATE OR REPLACE FUNCTION alarm.verdict_alarms(
    equipment_id text, "time" timestamptz[], is_anomaly boolean[], severity text[], until timestamptz
) RETURNS TABLE (rule text, raised_at timestamptz, cleared_at timestamptz, severity text, chattering boolean)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 10
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH outcome AS MATERIALIZED (
        SELECT g.signal, r.name AS rule,
               alarm.run(g.signal, NULL::alarm.state, verdict_alarms.time, alarm.consecutive(verdict_alarms.is_anomaly),
                         verdict_alarms.until) AS outcome
        FROM (
            -- one for each rule: a rule's signals of a machine differ in the bundle that they are for and in nothing
            -- else
            SELECT DISTINCT ON (x.rule_id) x AS signal, x.rule_id FROM alarm.signal AS x
            WHERE x.equipment_id = verdict_alarms.equipment_id AND x.condition = 'model_verdict' AND x.assigned
            ORDER BY x.rule_id, x.id
        ) AS g
        JOIN alarm.rule AS r ON r.id = g.rule_id
        WHERE cardinality(verdict_alarms.time) > 0
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
    'What one bundle''s verdicts in time order would have raised by the model_verdict rules that watch the equipment, '
    'through the machine that live verdicts go through; severity is NULL where there was no anomaly. Writes nothing.';
REVOKE ALL ON FUNCTION alarm.verdict_alarms(text, timestamptz[], boolean[], text[], timestamptz) FROM PUBLIC;
