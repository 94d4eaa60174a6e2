CREATE OR REPLACE FUNCTION alarm.settle(
    outcomes alarm.outcome[], severity text DEFAULT NULL, data jsonb DEFAULT NULL,
    "now" timestamptz DEFAULT clock_timestamp()
) RETURNS bigint[]
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
    v_outcomes alarm.outcome[];
    v_machines alarm.signal[];
    v_signals bigint[];
    v_transitions bigint[];
    v_held boolean;
    v_suppressible boolean;
BEGIN
    PERFORM alarm.store_states(settle.outcomes);
    SELECT array_agg(o), array_agg(g), array_agg(g.id) INTO v_outcomes, v_machines, v_signals
    FROM unnest(settle.outcomes) AS o
    JOIN alarm.signal AS g ON g.id = o.signal_id
    WHERE o.event_time <> '{}';
    IF v_signals IS NULL THEN
        RETURN ARRAY[]::bigint[];
    END IF;

    -- Lock order: state rows, then alarms by id, then (alarm.announce) the outbox counter
    PERFORM FROM alarm.alarm AS a
    WHERE a.signal_id = ANY (v_signals) AND a.cleared_at IS NULL
    ORDER BY a.id
    FOR UPDATE;
    v_held := EXISTS (SELECT FROM alarm.hold AS h WHERE h.ended_at IS NULL AND h.signal_id = ANY (v_signals));

    -- asked once, not per alarm: mostly there is nothing that could suppress
    v_suppressible := alarm.may_suppress();

    -- One statement, since its steps share their rows: cut apart, each would write them to an array and read that anew.
    -- What happened (step), to which alarm (life: those that stood go on, others get a number); what stood is changed,
    -- what is new is raised, and both are told.
    WITH step AS MATERIALIZED (
        SELECT * FROM alarm.stories(v_machines, v_outcomes, settle.severity)
    ), span AS (
        -- no ordered aggregates: each would sort each alarm's few events anew
        SELECT e.place, e.occurrence, v_signals[e.place] AS signal_id, e.occurrence = 0 AS was_open,
               min(e.time) AS raised_at, max(e.time) FILTER (WHERE e.cleared) AS cleared_at,
               max(e.value) FILTER (WHERE e.is_last) AS value, max(e.peak) FILTER (WHERE e.is_last) AS peak,
               max(e.level) FILTER (WHERE e.is_last) AS level, max(e.severity) FILTER (WHERE e.is_last) AS severity,
               max(e.limit_value) FILTER (WHERE e.is_last) AS limit_value, max(e.rank) AS rank,
               bool_or(e.chattering) AS chattering, bool_or(e.kind = 'severity_changed') IS TRUE AS changed
        FROM step AS e
        GROUP BY e.place, e.occurrence
    ), life AS MATERIALIZED (
        SELECT o.*, CASE WHEN o.was_open THEN o.open_id ELSE nextval('alarm.alarm_id_seq') END AS alarm_id
        FROM (
            SELECT n.*, coalesce(w.name, n.severity) AS worst, a.id AS open_id,
                   -- one that clears keeps what it had, which a verdict or an escalation may have set
                   CASE WHEN NOT n.changed THEN a.severity END AS kept_severity,
                        CASE WHEN NOT n.changed THEN a.level END AS kept_level,
                   CASE WHEN NOT n.changed THEN a.limit_value END AS kept_limit
            FROM span AS n
            LEFT JOIN alarm.alarm AS a ON a.signal_id = n.signal_id AND a.cleared_at IS NULL AND n.was_open
            LEFT JOIN alarm.severity AS w ON w.rank = n.rank
            -- alarms are numbered as they were raised
            ORDER BY n.raised_at, n.place, n.occurrence
        ) AS o
    ), continued AS (
        UPDATE alarm.alarm AS a
        SET value = l.value, peak_value = coalesce(l.peak, a.peak_value),
            level = coalesce(l.kept_level, l.level), severity = coalesce(l.kept_severity, l.severity),
            limit_value = CASE WHEN l.changed THEN l.limit_value ELSE a.limit_value END, cleared_at = l.cleared_at,
            active = l.cleared_at IS NULL,
            chattering = a.chattering OR l.chattering,
            worst_severity = CASE WHEN l.changed
                                  AND l.rank > (SELECT v.rank FROM alarm.severity AS v WHERE v.name = a.worst_severity)
                                  THEN l.worst ELSE a.worst_severity END,
            updated_at = clock_timestamp()
        FROM life AS l
        WHERE l.was_open AND a.id = l.alarm_id
        RETURNING 1
    ), raised AS (
        INSERT INTO alarm.alarm (id, rule_id, rule_version, code, signal_id, equipment_id, sensor_id, condition, level,
                                 severity,
                                 worst_severity, value, limit_value, peak_value, raised_at, cleared_at, active, shelved,
                                 shelved_until, suppressed_by, out_of_service, latched, chattering, announced_at, told,
                                 data)
        SELECT l.alarm_id, g.rule_id, g.rule_version, r.name, g.id, g.equipment_id,
               g.sensor_id, g.condition, l.level, l.severity, l.worst, l.value, l.limit_value, l.peak,
               l.raised_at, l.cleared_at, l.cleared_at IS NULL, h.shelved, h.shelved_until,
               q.suppressed_by, coalesce(h.out_of_service, false), g.latched, l.chattering, settle.now,
               h.shelved IS NULL AND q.suppressed_by = '{}' AND h.out_of_service IS NOT TRUE
                   AND 'raised' = ANY (coalesce(r.notify, (SELECT alarm.told_kinds()))),
               -- also what no verdict came for, but a new limit or the clock, says which bundle it is about
               coalesce(settle.data, CASE WHEN g.bundle_kind IS NULL AND g.power IS NULL THEN '{}'
                                          ELSE jsonb_strip_nulls(jsonb_build_object('bundle_kind', g.bundle_kind,
                                               'power', g.power)) END)
        FROM life AS l
        JOIN alarm.signal AS g ON g.id = l.signal_id
        JOIN alarm.rule AS r ON r.id = g.rule_id
        LEFT JOIN LATERAL (
            -- a one-shot shelving ends with the alarm that was shelved: its successor never has it
            SELECT max(x.kind) FILTER (WHERE x.kind = 'timed') AS shelved,
                   max(x.until) FILTER (WHERE x.kind = 'timed') AS shelved_until,
                   bool_or(x.kind = 'suppressed') AS suppressed, bool_or(x.kind = 'out_of_service') AS out_of_service
            FROM alarm.hold AS x
            WHERE x.signal_id = l.signal_id AND x.ended_at IS NULL
        ) AS h ON v_held
        CROSS JOIN LATERAL (
            SELECT CASE WHEN v_suppressible THEN ARRAY(
                       -- of parents as they are after these samples: one may end here, another begin
                       SELECT u FROM unnest(alarm.suppressions(g.rule_id, g.equipment_id, l.raised_at)) AS u
                       WHERE u NOT IN (SELECT 'parent:' || p.alarm_id FROM life AS p WHERE p.was_open
                                       AND p.cleared_at IS NOT NULL)
                       UNION ALL
                       SELECT 'parent:' || p.alarm_id FROM life AS p JOIN alarm.signal AS y ON y.id = p.signal_id
                       WHERE y.rule_id = r.parent_rule AND y.equipment_id = g.equipment_id AND NOT p.was_open
                         AND p.cleared_at IS NULL
                   ) ELSE '{}' END
                   || CASE WHEN h.suppressed THEN '{operator}'::text[] ELSE '{}' END AS suppressed_by OFFSET 0
        ) AS q
        -- after the updates: a cleared alarm makes room for its successor in the unique index
        WHERE NOT l.was_open AND (SELECT count(*) FROM continued) >= 0
    ), told AS (
        INSERT INTO alarm.transition (alarm_id, kind, occurred_at, severity, level, value, limit_value, data)
        SELECT l.alarm_id, k.kind, e.time,
               CASE WHEN e.kind = 'cleared' THEN coalesce(l.kept_severity, e.severity) ELSE e.severity END,
               CASE WHEN e.kind = 'cleared' THEN coalesce(l.kept_level, e.level) ELSE e.level END, e.value,
               CASE WHEN e.kind = 'cleared' THEN coalesce(l.kept_limit, e.limit_value) ELSE e.limit_value END,
                    settle.data
        FROM step AS e
        JOIN life AS l ON l.place = e.place AND l.occurrence = e.occurrence
        CROSS JOIN LATERAL (
            SELECT e.kind, 1 AS ordinal WHERE e.kind IS NOT NULL
            UNION ALL SELECT 'chatter_started', 2 WHERE e.chatter_started
        ) AS k
        WHERE l.alarm_id IS NOT NULL
        ORDER BY e.time, l.alarm_id, e.ordinal, k.ordinal
        RETURNING id
    )
    SELECT array_agg(t.id ORDER BY t.id) INTO v_transitions FROM told AS t;

    IF v_held THEN
        PERFORM alarm.end_one_shots(v_signals);
    END IF;
    RETURN coalesce(v_transitions, ARRAY[]::bigint[]);
END
$$;
COMMENT ON FUNCTION alarm.settle(alarm.outcome[], text, jsonb, timestamptz) IS
    'Writes what alarm.run found: states, alarms raised, changed and cleared, transitions; returns the transitions'' '
    'ids for alarm.announce. severity and data are for conditions whose verdict brings its own; now: from when '
    're-alarm and escalation count. The caller holds the locks on the states.';
REVOKE ALL ON FUNCTION alarm.settle(alarm.outcome[], text, jsonb, timestamptz) FROM PUBLIC;
