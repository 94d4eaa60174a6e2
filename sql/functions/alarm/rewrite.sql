CREATE OR REPLACE FUNCTION alarm.rewrite(
    machine alarm.signal, outcome alarm.outcome, after timestamptz, after_alarm bigint, open_alarm bigint,
    "now" timestamptz
) RETURNS bigint[]
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
    v_stood boolean := outcome.active_before <> 0;
    v_found alarm.outcome := outcome;
    -- the alarms as they stand in the history, and as they should; v_same: which of the former each of the latter is
    v_old alarm.alarm[];
    n record;
    v_same integer[];
    a alarm.alarm;
    v_kinds text[];
    v_rest alarm.outcome := outcome;
    v_ids bigint[];
    v_transitions bigint[] := ARRAY[]::bigint[];
BEGIN
    PERFORM FROM alarm.alarm AS x WHERE x.signal_id = machine.id AND x.cleared_at IS NULL FOR UPDATE;
    SELECT array_agg(x ORDER BY x.raised_at, x.id) INTO v_old
    FROM alarm.alarm AS x
    WHERE x.signal_id = machine.id AND x.retracted_at IS NULL
      AND ((v_stood AND x.id = rewrite.open_alarm)
           OR (x.id > rewrite.after_alarm AND x.equipment_id = machine.equipment_id AND x.raised_at > rewrite.after));
    IF v_stood AND outcome.event_time = '{}' THEN
        -- stands as it stood: described as if it were raised so
        v_found.active_before := 0;
        v_found.event_time := ARRAY[v_old[1].raised_at];
        v_found.event_active := ARRAY[outcome.active];
        v_found.event_value := ARRAY[v_old[1].value];
        v_found.event_peak := ARRAY[outcome.peak];
    END IF;
    SELECT array_agg(e.first) AS first, array_agg(e.last) AS last, array_agg(e.raised_at) AS raised_at,
           array_agg(e.cleared_at) AS cleared_at, array_agg(e.level) AS level, array_agg(e.severity) AS severity,
           array_agg(e.limit_value) AS limit_value, array_agg(e.value) AS value, array_agg(e.peak) AS peak,
           array_agg(e.worst) AS worst, array_agg(e.rank) AS rank, array_agg(e.last_time) AS last_time,
           array_agg(e.chattering) AS chattering, array_agg(e.chatter_started) AS chatter_started
    INTO n
    FROM (
        SELECT min(s.ordinal) AS first, max(s.ordinal) AS last, max(s.time) AS last_time,
               CASE WHEN v_stood AND min(s.ordinal) = 1 THEN v_old[1].raised_at ELSE min(s.time) END AS raised_at,
               max(s.time) FILTER (WHERE s.cleared) AS cleared_at,
               (array_agg(s.level ORDER BY s.ordinal DESC))[1] AS level,
               (array_agg(s.severity ORDER BY s.ordinal DESC))[1] AS severity,
               (array_agg(s.limit_value ORDER BY s.ordinal DESC))[1] AS limit_value,
               (array_agg(s.value ORDER BY s.ordinal DESC))[1] AS value,
               (array_agg(s.peak ORDER BY s.ordinal DESC))[1] AS peak,
               (array_agg(s.severity ORDER BY s.rank DESC NULLS LAST))[1] AS worst, max(s.rank) AS rank,
               bool_or(s.chattering) AS chattering, bool_or(s.chatter_started) AS chatter_started
        FROM alarm.story(machine, v_found) AS s
        GROUP BY s.occurrence
        ORDER BY s.occurrence
    ) AS e;
    SELECT alarm.same_alarms(array_agg(o.raised_at ORDER BY o.ordinality),
                             array_agg(o.cleared_at ORDER BY o.ordinality),
                             n.raised_at, n.cleared_at)
    INTO v_same
    FROM unnest(v_old) WITH ORDINALITY AS o;

    -- 1. what never was
    WITH taken AS (
        UPDATE alarm.alarm AS x
        SET active = false, cleared_at = coalesce(x.cleared_at, greatest(x.raised_at, outcome.last_time)),
            retracted_at = rewrite.now, updated_at = clock_timestamp()
        FROM unnest(v_old) WITH ORDINALITY AS o
        WHERE x.id = o.id AND o.ordinality <> ALL (array_remove(v_same, NULL))
        RETURNING x.id, x.cleared_at, x.severity, x.level, x.limit_value
    ), told AS (
        INSERT INTO alarm.transition (alarm_id, kind, occurred_at, severity, level, value, limit_value, comment)
        SELECT t.id, 'retracted', t.cleared_at, t.severity, t.level, outcome.last_value, t.limit_value,
               'a sample that came later says that it never was'
        FROM taken AS t ORDER BY t.id
        RETURNING id
    )
    SELECT array_agg(t.id ORDER BY t.id) INTO v_ids FROM told AS t;
    v_transitions := v_transitions || v_ids;

    -- 2. what was, but otherwise: one after the other, since one that stands must make room for the next
    FOR k IN 1..coalesce(cardinality(n.first), 0) LOOP
        CONTINUE WHEN v_same[k] IS NULL;
        a := v_old[v_same[k]];
        -- an escalation stays
        IF n.cleared_at[k] IS NULL AND a.escalated_at IS NOT NULL THEN
            n.severity[k] := a.severity;
        END IF;
        v_kinds := array_remove(ARRAY[
            CASE WHEN n.raised_at[k] <> a.raised_at OR n.cleared_at[k] <> a.cleared_at THEN 'revised' END,
            CASE WHEN a.cleared_at IS NOT NULL AND n.cleared_at[k] IS NULL THEN 'reinstated' END,
            CASE WHEN n.cleared_at[k] IS NULL AND n.severity[k] <> a.severity THEN 'severity_changed' END,
            CASE WHEN n.chatter_started[k] AND NOT a.chattering THEN 'chatter_started' END,
            CASE WHEN a.cleared_at IS NULL AND n.cleared_at[k] IS NOT NULL THEN 'cleared' END], NULL);
        CONTINUE WHEN v_kinds = '{}' AND n.severity[k] = a.severity AND n.level[k] = a.level
            AND n.peak[k] IS NOT DISTINCT FROM a.peak_value AND n.chattering[k] = a.chattering;
        UPDATE alarm.alarm AS x
        SET raised_at = n.raised_at[k], cleared_at = n.cleared_at[k], active = n.cleared_at[k] IS NULL,
            level = n.level[k], severity = n.severity[k], limit_value = n.limit_value[k], value = n.value[k],
            peak_value = coalesce(n.peak[k], x.peak_value), chattering = n.chattering[k],
            -- of one that stood before, what it was before is not known any more
            worst_severity = CASE WHEN NOT (v_stood AND k = 1) OR n.rank[k] > v.rank
                                  THEN coalesce(n.worst[k], x.worst_severity) ELSE x.worst_severity END,
            announced_at = CASE WHEN 'reinstated' = ANY (v_kinds) THEN rewrite.now ELSE x.announced_at END,
            updated_at = clock_timestamp()
        FROM alarm.severity AS v
        WHERE x.id = a.id AND v.name = x.worst_severity;
        WITH told AS (
            INSERT INTO alarm.transition (alarm_id, kind, occurred_at, severity, level, value, limit_value, comment)
            SELECT a.id, u.kind,
                   CASE WHEN h.hindsight THEN outcome.last_time ELSE n.last_time[k] END,
                   n.severity[k], n.level[k], n.value[k], n.limit_value[k],
                   CASE u.kind
                       WHEN 'revised' THEN
                           format('raised %s, cleared %s before', alarm.iso_time(a.raised_at),
                                  alarm.iso_time(a.cleared_at))
                       WHEN 'reinstated' THEN 'a sample that came later says that it never cleared'
                   END
            FROM unnest(v_kinds) WITH ORDINALITY AS u (kind, ordinal)
            JOIN alarm.transition_kind AS h ON h.kind = u.kind
            ORDER BY u.ordinal
            RETURNING id
        )
        SELECT array_agg(t.id ORDER BY t.id) INTO v_ids FROM told AS t;
        v_transitions := v_transitions || v_ids;
    END LOOP;

    -- 3. what nobody knew of, as if these events were all; and the state
    v_rest.active_before := 0;
    SELECT coalesce(array_agg(e.time ORDER BY e.ordinal), '{}'), coalesce(array_agg(e.active ORDER BY e.ordinal), '{}'),
           coalesce(array_agg(e.value ORDER BY e.ordinal), '{}'), coalesce(array_agg(e.peak ORDER BY e.ordinal), '{}')
    INTO v_rest.event_time, v_rest.event_active, v_rest.event_value, v_rest.event_peak
    FROM unnest(outcome.event_time, outcome.event_active, outcome.event_value, outcome.event_peak) WITH ORDINALITY
        AS e (time, active, value, peak, ordinal)
    JOIN unnest(n.first, n.last, v_same) AS u (first, last, same) ON e.ordinal BETWEEN u.first AND u.last
        AND u.same IS NULL;
    v_transitions := v_transitions || alarm.settle(ARRAY[v_rest], "now" => rewrite.now);
    PERFORM alarm.end_one_shots(ARRAY[machine.id]);
    RETURN v_transitions;
END
$$;
COMMENT ON FUNCTION alarm.rewrite(alarm.signal, alarm.outcome, timestamptz, bigint, bigint, timestamptz) IS
    'Makes the history of one machine''s alarms what alarm.run found, from a state on (after: its clock; after_alarm: '
    'alarms with greater ids came after it; open_alarm: the one that stood then), and writes its new state. What '
    'agrees stays untouched; an alarm that should never have been is taken back, one that should not have cleared '
    'stands again, one whose times differ is put right, one that nobody knew of is raised. Returns the transitions. '
    'Part of alarm.revise.';
REVOKE ALL ON FUNCTION alarm.rewrite(alarm.signal, alarm.outcome, timestamptz, bigint, bigint, timestamptz) FROM PUBLIC;
