CREATE OR REPLACE FUNCTION alarm.settle(outcomes alarm.outcome[], severity text DEFAULT NULL, data jsonb DEFAULT NULL)
    RETURNS bigint[]
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
    v_signals bigint[];
    v_transitions bigint[];
    v_held boolean;
    v_suppressible boolean;
BEGIN
    INSERT INTO alarm.state AS s (signal_id, sensor_id, idle, active, since, next_due, last_time, last_value, zone, peak,
                                  anchor_time, anchor_value, raises, chattering)
    SELECT o.signal_id, g.sensor_id, o.active = 0 AND o.next_due IS NULL, o.active, o.since, o.next_due, o.last_time, o.last_value,
           o.zone, o.peak, o.anchor_time, o.anchor_value, o.raises, o.chattering
    FROM unnest(settle.outcomes) AS o
    JOIN alarm.signal AS g ON g.id = o.signal_id
    ORDER BY o.signal_id
    ON CONFLICT (signal_id) DO UPDATE SET
        idle = excluded.idle, active = excluded.active, since = excluded.since, next_due = excluded.next_due,
        last_time = excluded.last_time, last_value = excluded.last_value, zone = excluded.zone, peak = excluded.peak,
        anchor_time = excluded.anchor_time, anchor_value = excluded.anchor_value, raises = excluded.raises,
        chattering = excluded.chattering;

    SELECT array_agg(o.signal_id) INTO v_signals FROM unnest(settle.outcomes) AS o WHERE o.event_time <> '{}';
    IF v_signals IS NULL THEN
        RETURN ARRAY[]::bigint[];
    END IF;

    -- lock order: state rows, then alarms by id, then (alarm.announce) the outbox counter
    PERFORM FROM alarm.alarm AS a
    WHERE a.signal_id = ANY (v_signals) AND a.cleared_at IS NULL
    ORDER BY a.id
    FOR UPDATE;
    v_held := EXISTS (SELECT FROM alarm.hold AS h WHERE h.ended_at IS NULL AND h.signal_id = ANY (v_signals));

    -- asked once, not per alarm: mostly there is nothing that could suppress
    v_suppressible := EXISTS (SELECT FROM plant.maintenance AS m WHERE m.suppress_alarms AND m.status IN ('planned', 'in_progress'))
        OR EXISTS (SELECT FROM alarm.rule AS r WHERE r.parent_rule IS NOT NULL)
        OR ops.setting_text('alarm.flood_action') = 'suppress';

    WITH step AS MATERIALIZED (
        SELECT g AS signal, g.id AS signal_id, r.name AS rule, r.message, e.*
        FROM unnest(settle.outcomes) AS o
        JOIN alarm.signal AS g ON g.id = o.signal_id
        JOIN alarm.rule AS r ON r.id = g.rule_id
        CROSS JOIN LATERAL alarm.story(g, o, settle.severity) AS e
        WHERE o.event_time <> '{}'
    ), life AS MATERIALIZED (
        SELECT (array_agg(e.signal))[1] AS signal, e.signal_id, e.occurrence, max(e.rule) AS rule, (array_agg(e.message))[1] AS message,
               min(e.time) AS raised_at, max(e.time) FILTER (WHERE e.cleared) AS cleared_at,
               (array_agg(e.value ORDER BY e.ordinal DESC))[1] AS value,
               (array_agg(e.peak ORDER BY e.ordinal DESC))[1] AS peak,
               (array_agg(e.level ORDER BY e.ordinal DESC))[1] AS level,
               (array_agg(e.severity ORDER BY e.ordinal DESC))[1] AS severity,
               (array_agg(e.limit_value ORDER BY e.ordinal DESC))[1] AS limit_value,
               (array_agg(e.severity ORDER BY e.rank DESC))[1] AS worst, max(e.rank) AS rank,
               (array_agg(e.value ORDER BY e.ordinal))[1] AS first_value,
               (array_agg(e.limit_value ORDER BY e.ordinal))[1] AS first_limit,
               (array_agg(e.level ORDER BY e.ordinal))[1] AS first_level,
               (array_agg(e.severity ORDER BY e.ordinal))[1] AS first_severity,
               bool_or(e.chattering) AS chattering, bool_or(e.kind = 'severity_changed') IS TRUE AS changed,
               CASE WHEN e.occurrence = 0
                    THEN (SELECT a.id FROM alarm.alarm AS a WHERE a.signal_id = e.signal_id AND a.cleared_at IS NULL)
                    ELSE nextval('alarm.alarm_id_seq') END AS alarm_id
        FROM step AS e
        GROUP BY e.signal_id, e.occurrence
    ), continued AS (
        UPDATE alarm.alarm AS a
        SET value = l.value, peak_value = coalesce(l.peak, a.peak_value),
            -- one that clears keeps what it had, which a verdict or an escalation may have set
            level = CASE WHEN l.changed THEN l.level ELSE a.level END,
            severity = CASE WHEN l.changed THEN l.severity ELSE a.severity END,
            limit_value = CASE WHEN l.changed THEN l.limit_value ELSE a.limit_value END, cleared_at = l.cleared_at, active = l.cleared_at IS NULL,
            chattering = a.chattering OR l.chattering,
            worst_severity = CASE WHEN l.changed AND l.rank > (SELECT v.rank FROM alarm.severity AS v WHERE v.name = a.worst_severity)
                                  THEN l.worst ELSE a.worst_severity END,
            updated_at = clock_timestamp()
        FROM life AS l
        WHERE l.occurrence = 0 AND a.id = l.alarm_id
        RETURNING a.id, a.severity, a.level, a.limit_value
    ), raised AS (
        INSERT INTO alarm.alarm (id, rule_id, rule_version, code, signal_id, equipment_id, sensor_id, condition, level, severity,
                                 worst_severity, value, limit_value, peak_value, raised_at, cleared_at, active, shelved,
                                 shelved_until, suppressed_by, out_of_service, latched, chattering, announced_at, message, data)
        SELECT l.alarm_id, (l.signal).rule_id, (l.signal).rule_version, l.rule, l.signal_id, (l.signal).equipment_id,
               (l.signal).sensor_id, (l.signal).condition, l.level, l.severity, l.worst, l.value, l.limit_value, l.peak,
               l.raised_at, l.cleared_at, l.cleared_at IS NULL, h.shelved, h.shelved_until,
               CASE WHEN v_suppressible THEN alarm.suppressions((l.signal).rule_id, (l.signal).equipment_id, l.raised_at) ELSE '{}' END
                   || CASE WHEN h.suppressed THEN '{operator}'::text[] ELSE '{}' END,
               coalesce(h.out_of_service, false), (l.signal).latched, l.chattering, l.raised_at,
               jsonb_build_object(
                   'ko', alarm.fill(coalesce(l.message ->> 'ko', t.ko), (l.signal).equipment_id, s.name, alarm.number_text(l.first_value),
                       s.unit, alarm.number_text(l.first_limit), alarm.level_label(l.first_level, 'ko'), v.label_ko, l.rule,
                       alarm.iso_time(l.raised_at), alarm.number_text(l.first_value), settle.data),
                   'en', alarm.fill(coalesce(l.message ->> 'en', t.en), (l.signal).equipment_id, s.name, alarm.number_text(l.first_value),
                       s.unit, alarm.number_text(l.first_limit), alarm.level_label(l.first_level, 'en'), v.label_en, l.rule,
                       alarm.iso_time(l.raised_at), alarm.number_text(l.first_value), settle.data)),
               coalesce(settle.data, '{}')
        FROM life AS l
        LEFT JOIN plant.sensor AS s ON s.id = (l.signal).sensor_id
        LEFT JOIN alarm.severity AS v ON v.name = l.first_severity
        LEFT JOIN LATERAL (
            SELECT coalesce(max(m.body) FILTER (WHERE m.language = 'ko' AND m.condition <> '*'), max(m.body) FILTER (WHERE m.language = 'ko')) AS ko,
                   coalesce(max(m.body) FILTER (WHERE m.language = 'en' AND m.condition <> '*'), max(m.body) FILTER (WHERE m.language = 'en')) AS en
            FROM alarm.message_template AS m
            WHERE m.condition IN ((l.signal).condition, '*')
        ) AS t ON true
        LEFT JOIN LATERAL (
            SELECT max(x.kind) FILTER (WHERE x.kind IN ('one_shot', 'timed')) AS shelved,
                   max(x.until) FILTER (WHERE x.kind IN ('one_shot', 'timed')) AS shelved_until,
                   bool_or(x.kind = 'suppressed') AS suppressed, bool_or(x.kind = 'out_of_service') AS out_of_service
            FROM alarm.hold AS x
            WHERE x.signal_id = l.signal_id AND x.ended_at IS NULL
        ) AS h ON v_held
        -- after the updates: a cleared alarm makes room for its successor in the unique index
        WHERE l.occurrence > 0 AND (SELECT count(*) FROM continued) >= 0
        RETURNING 1
    ), told AS (
        INSERT INTO alarm.transition (alarm_id, kind, occurred_at, severity, level, value, limit_value)
        SELECT l.alarm_id, k.kind, e.time, CASE WHEN e.kind = 'cleared' THEN coalesce(c.severity, e.severity) ELSE e.severity END,
               CASE WHEN e.kind = 'cleared' THEN coalesce(c.level, e.level) ELSE e.level END, e.value,
               CASE WHEN e.kind = 'cleared' THEN coalesce(c.limit_value, e.limit_value) ELSE e.limit_value END
        FROM step AS e
        JOIN life AS l ON l.signal_id = e.signal_id AND l.occurrence = e.occurrence
        LEFT JOIN continued AS c ON c.id = l.alarm_id
        CROSS JOIN LATERAL (
            SELECT e.kind, 1 AS ordinal WHERE e.kind IS NOT NULL
            UNION ALL SELECT 'chatter_started', 2 WHERE e.chatter_started
        ) AS k
        WHERE l.alarm_id IS NOT NULL AND (SELECT count(*) FROM raised) >= 0
        ORDER BY e.time, l.alarm_id, k.ordinal
        RETURNING id
    )
    SELECT array_agg(t.id ORDER BY t.id) INTO v_transitions FROM told AS t;

    IF v_held THEN
        UPDATE alarm.hold AS h
        SET ended_at = clock_timestamp(), ended_by = 'system'
        WHERE h.kind = 'one_shot' AND h.ended_at IS NULL AND h.signal_id = ANY (v_signals)
          AND NOT EXISTS (SELECT FROM alarm.alarm AS a WHERE a.signal_id = h.signal_id AND a.cleared_at IS NULL);
    END IF;
    RETURN coalesce(v_transitions, ARRAY[]::bigint[]);
END
$$;
COMMENT ON FUNCTION alarm.settle(alarm.outcome[], text, jsonb) IS
    'Writes what alarm.run found: states, alarms raised, changed and cleared, transitions; returns the transitions'' ids for alarm.announce. severity and data are for conditions whose verdict brings its own. The caller holds the locks on the states.';
REVOKE ALL ON FUNCTION alarm.settle(alarm.outcome[], text, jsonb) FROM PUBLIC;
