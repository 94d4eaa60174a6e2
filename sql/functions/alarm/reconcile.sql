CREATE OR REPLACE FUNCTION alarm.reconcile() RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
    -- bounds one transaction; the rest is a second later
    c_at_once CONSTANT integer := 1000;
    v_untold bigint[];
    v_channel record;
    v_told relay.notification[];
    v_count integer := 0;
BEGIN
    -- Stands, is not held, and the stream was never told: the rule's list of what is told has changed meanwhile, or
    -- whoever raised it did not say so.
    SELECT array_agg(u.transition_id) INTO v_untold
    FROM (
        -- told as it is now, not as it was raised
        SELECT (SELECT max(t.id) FROM alarm.transition AS t JOIN alarm.transition_kind AS k ON k.kind = t.kind
                AND k.grades
                WHERE t.alarm_id = a.id) AS transition_id
        FROM alarm.alarm AS a
        LEFT JOIN alarm.rule AS r ON r.id = a.rule_id
        WHERE a.cleared_at IS NULL AND NOT a.told AND alarm.is_free(a)
          AND 'raised' = ANY (coalesce(r.notify, (SELECT alarm.told_kinds())))
        ORDER BY a.id
        LIMIT c_at_once
        FOR UPDATE OF a SKIP LOCKED
    ) AS u;
    v_count := alarm.announce(v_untold);

    -- What a channel believes against what is true, for it alone: a route was added or changed, it can be reached
    -- again, or it could not be reached when it had to hear.
    WITH stands AS (
        SELECT a.id, h.channel_id, alarm.subject(a) AS subject
        FROM alarm.alarm AS a
        LEFT JOIN alarm.rule AS r ON r.id = a.rule_id
        CROSS JOIN LATERAL alarm.interest(a.id, 'raised', a.severity) AS h
        WHERE a.cleared_at IS NULL AND a.told AND 'raised' = ANY (coalesce(r.notify, (SELECT alarm.told_kinds())))
          AND alarm.is_free(a) AND h.would_raise
          -- what all have been told is settled before anybody's routes are asked
          AND EXISTS (SELECT FROM relay.channel AS c WHERE c.enabled AND c.available
                        AND NOT EXISTS (SELECT FROM alarm.told AS t WHERE t.alarm_id = a.id AND t.channel_id = c.id))
          AND NOT EXISTS (SELECT FROM alarm.told AS t WHERE t.alarm_id = a.id AND t.channel_id = h.channel_id)
        ORDER BY a.id
        LIMIT c_at_once
        FOR UPDATE OF a SKIP LOCKED
    ), wrong AS (
        SELECT s.id AS alarm_id, s.channel_id, s.subject, 'raised' AS event FROM stands AS s
        UNION ALL
        SELECT t.alarm_id, t.channel_id, alarm.subject(a),
               CASE WHEN a.retracted_at IS NULL THEN 'cleared' ELSE 'retracted' END
        FROM alarm.told AS t
        JOIN relay.channel AS c ON c.id = t.channel_id AND c.enabled AND c.available
        LEFT JOIN alarm.alarm AS a ON a.id = t.alarm_id
        WHERE a.cleared_at IS NOT NULL OR a.id IS NULL
        UNION ALL
        -- became better or worse while the channel was away, or before its routes asked for that
        SELECT a.id, t.channel_id, alarm.subject(a), 'severity_changed'
        FROM alarm.told AS t
        JOIN alarm.alarm AS a ON a.id = t.alarm_id AND a.severity <> t.severity
        LEFT JOIN alarm.rule AS r ON r.id = a.rule_id
        JOIN LATERAL alarm.interest(a.id, 'severity_changed', a.severity) AS h ON h.channel_id = t.channel_id
            AND h.asked
        WHERE a.cleared_at IS NULL AND alarm.is_free(a)
          AND 'severity_changed' = ANY (coalesce(r.notify, (SELECT alarm.told_kinds())))
    )
    SELECT array_agg(x.transition_id ORDER BY x.transition_id) AS id,
           array_agg(x.event ORDER BY x.transition_id) AS event,
           array_agg(x.alarm_id ORDER BY x.transition_id) AS alarm_id,
           array_agg(x.channel_id ORDER BY x.transition_id) AS channel_id,
           array_agg(x.subject ORDER BY x.transition_id) AS subject,
           array_agg(x.closes ORDER BY x.transition_id) AS closes
    INTO v_channel
    FROM (
        SELECT w.*, e.closes, (SELECT max(t.id) FROM alarm.transition AS t
                               JOIN alarm.transition_kind AS k ON k.kind = t.kind
                                   AND CASE WHEN e.closes THEN k.closes ELSE k.grades END
                               WHERE t.alarm_id = w.alarm_id) AS transition_id
        FROM wrong AS w
        JOIN alarm.transition_kind AS e ON e.kind = w.event
    ) AS x;
    IF v_channel.alarm_id IS NULL THEN
        RETURN v_count;
    END IF;
    -- as if it were a notification of now
    SELECT array_agg(m.n ORDER BY i.ordinal) INTO v_told
    FROM unnest(v_channel.id) WITH ORDINALITY AS i (id, ordinal)
    LEFT JOIN alarm.transition AS t ON t.id = i.id
    LEFT JOIN alarm.transition_kind AS k ON k.kind = t.kind
    LEFT JOIN alarm.alarm AS a ON a.id = t.alarm_id
    LEFT JOIN alarm.rule AS r ON r.id = a.rule_id
    CROSS JOIN LATERAL (
        SELECT jsonb_populate_record(NULL::relay.notification, jsonb_build_object(
            'kind', CASE WHEN a.condition = 'system' THEN 'system' ELSE 'alarm' END,
            'event', v_channel.event[i.ordinal],
            'severity', t.severity, 'transition_id', t.id, 'moment', alarm.moment(a, k, t.occurred_at, r.version),
            'created_at', clock_timestamp())) AS n
    ) AS m;
    INSERT INTO relay.delivery (channel_id, subject, data)
    SELECT v_channel.channel_id[d.ordinal], v_channel.subject[d.ordinal],
           d.data || CASE WHEN NOT v_channel.closes[d.ordinal] THEN '{"standing": true}'::jsonb ELSE '{}' END
    FROM relay.contents(v_told) AS d
    WHERE NOT v_channel.closes[d.ordinal]
       OR ((SELECT 'cleared' = ANY (coalesce(r.notify, (SELECT alarm.told_kinds())))
            FROM alarm.alarm AS a LEFT JOIN alarm.rule AS r ON r.id = a.rule_id
            WHERE a.id = v_channel.alarm_id[d.ordinal])
           AND (SELECT h.hears_cleared
                FROM alarm.interest(v_channel.alarm_id[d.ordinal], v_channel.event[d.ordinal],
                                    v_told[d.ordinal].severity) AS h
                WHERE h.channel_id = v_channel.channel_id[d.ordinal]))
    ORDER BY d.ordinal;
    INSERT INTO alarm.told (alarm_id, channel_id, severity)
    SELECT a.id, u.channel_id, a.severity
    FROM unnest(v_channel.alarm_id, v_channel.channel_id, v_channel.closes) AS u (alarm_id, channel_id, closes)
    JOIN alarm.alarm AS a ON a.id = u.alarm_id
    WHERE NOT u.closes
    ON CONFLICT (alarm_id, channel_id) DO UPDATE SET severity = excluded.severity;
    DELETE FROM alarm.told AS t
    USING unnest(v_channel.alarm_id, v_channel.channel_id, v_channel.closes) AS u (alarm_id, channel_id, closes)
    WHERE u.closes AND t.alarm_id = u.alarm_id AND t.channel_id = u.channel_id;
    RETURN v_count + cardinality(v_channel.alarm_id);
END
$$;
COMMENT ON FUNCTION alarm.reconcile() IS
    'Makes what receivers believe and what is true agree where no transition did: routes, channels and rules that '
    'changed while alarms stood. Part of alarm.tick; returns how many notifications that made.';
REVOKE ALL ON FUNCTION alarm.reconcile() FROM PUBLIC;
