CREATE OR REPLACE FUNCTION alarm.same_history(
    signal_ids bigint[], since timestamptz[], reclocked boolean[], OUT ids bigint[], OUT outcomes alarm.outcome[]
)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
    -- machines, what they come to, and the state from which: its clock, and the alarms of that time
    v_machines alarm.signal[];
    v_outcomes alarm.outcome[];
    v_at timestamptz[];
    v_after_alarm bigint[];
    v_open_alarm bigint[];
    -- where in the arrays those stand that agree
    v_places integer[];
    v_place integer;
BEGIN
    SELECT array_agg(f.machine), array_agg(f.outcome), array_agg(f.at), array_agg(f.after_alarm),
           array_agg(f.open_alarm)
    INTO v_machines, v_outcomes, v_at, v_after_alarm, v_open_alarm
    FROM (
        SELECT g AS machine, s AS state, c.after_alarm, c.open_alarm, c.at, p.outcome
        FROM unnest(same_history.signal_ids, same_history.since, same_history.reclocked) AS u (id, since, reclocked)
        JOIN alarm.signal AS g ON g.id = u.id AND g.assigned
        JOIN alarm.state AS s ON s.signal_id = g.id AND s.last_time >= u.since
        CROSS JOIN LATERAL (
            SELECT k.* FROM alarm.checkpoint AS k
            WHERE k.signal_id = g.id AND k.at < u.since
            ORDER BY k.at DESC LIMIT 1
        ) AS c
        LEFT JOIN alarm.derived_clock AS d ON d.signal_id = g.id AND NOT g.live
        CROSS JOIN LATERAL (
            SELECT alarm.run(g, CASE WHEN c.state IS NOT NULL
                                     THEN jsonb_populate_record(NULL::alarm.state, c.state) END,
                             v.time, v.value, d.evaluated_to) AS outcome
            FROM alarm.samples(g, CASE WHEN c.holds_until IS NULL THEN c.at + INTERVAL '1 microsecond'
                                       ELSE least(u.since, c.holds_until) END, d.evaluated_to) AS v
        ) AS p
        WHERE NOT u.reclocked
        OFFSET 0
    ) AS f
    WHERE (f.outcome).active = (f.state).active AND ((f.outcome).next_due <= (f.state).last_time) IS NOT TRUE;
    SELECT array_agg((c.machine).id ORDER BY c.place), array_agg(c.place ORDER BY c.place) INTO ids, v_places
    FROM (
        SELECT v_machines[i] AS machine, v_outcomes[i] AS outcome, i AS place, v_at[i] AS at,
               v_after_alarm[i] AS after_alarm, v_open_alarm[i] AS open_alarm
        FROM generate_subscripts(v_machines, 1) AS i
    ) AS c
    LEFT JOIN (
        SELECT e.place, jsonb_agg(jsonb_build_array(e.raised, e.cleared, e.severity, e.worst, e.peak, e.chattering)
                                  ORDER BY e.occurrence) FILTER (WHERE e.occurrence > 0) AS alarms,
               max(e.cleared) FILTER (WHERE e.occurrence = 0) AS cleared,
               max(e.severity) FILTER (WHERE e.occurrence = 0 AND e.cleared IS NOT NULL) AS severity
        FROM (
            SELECT s.place, s.occurrence, min(s.time) AS raised, max(s.time) FILTER (WHERE s.cleared) AS cleared,
                   max(s.severity) FILTER (WHERE s.is_last) AS severity,
                   (array_agg(s.severity ORDER BY s.rank DESC NULLS LAST))[1] AS worst,
                   max(s.peak) FILTER (WHERE s.cleared) AS peak, bool_or(s.chattering) AS chattering
            FROM alarm.stories(v_machines, v_outcomes) AS s
            GROUP BY s.place, s.occurrence
        ) AS e
        GROUP BY e.place
    ) AS n ON n.place = c.place
    LEFT JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_array(a.raised_at, a.cleared_at, a.severity, a.worst_severity,
                                           CASE WHEN NOT a.active THEN a.peak_value END, a.chattering)
                         ORDER BY a.raised_at, a.id) AS alarms
        FROM alarm.alarm AS a
        WHERE a.signal_id = (c.machine).id AND a.id > c.after_alarm AND a.equipment_id = (c.machine).equipment_id
          AND a.raised_at > c.at AND a.retracted_at IS NULL
    ) AS k ON true
    LEFT JOIN alarm.alarm AS o ON o.id = c.open_alarm AND (c.outcome).active_before <> 0
    WHERE n.alarms IS NOT DISTINCT FROM k.alarms
      AND ((c.outcome).active_before = 0
           OR (o.id IS NOT NULL AND o.retracted_at IS NULL AND o.cleared_at IS NOT DISTINCT FROM n.cleared
               AND (n.severity = o.severity) IS NOT FALSE));
    -- their states alone: no event is news
    FOREACH v_place IN ARRAY coalesce(v_places, '{}') LOOP
        v_outcomes[v_place].event_time := '{}';
    END LOOP;
    outcomes := ARRAY(SELECT v_outcomes[i] FROM unnest(v_places) AS i);
END
$$;
COMMENT ON FUNCTION alarm.same_history(bigint[], timestamptz[], boolean[]) IS
    'Of signals with late points (arrays of equal length, as in alarm.revise) those whose alarms are the same with '
    'these points as without, and their new states, all in a few statements: for alarm.revise, which need not take '
    'these back one by one.';
REVOKE ALL ON FUNCTION alarm.same_history(bigint[], timestamptz[], boolean[]) FROM PUBLIC;
