CREATE OR REPLACE FUNCTION alarm.remind("now" timestamptz) RETURNS bigint[]
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    -- open alarms are few among many: their partial index, whatever the statistics say
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
    v_ids bigint[];
    v_transitions bigint[] := ARRAY[]::bigint[];
BEGIN
    -- still active after re_alarm: as if it came up now
    WITH due AS MATERIALIZED (
        SELECT x.id
        FROM alarm.alarm AS x
        JOIN alarm.rule AS r ON r.id = x.rule_id AND r.re_alarm IS NOT NULL
        WHERE x.cleared_at IS NULL AND x.announced_at + r.re_alarm <= remind.now
          AND alarm.is_free(x)
        ORDER BY x.id
        FOR UPDATE OF x SKIP LOCKED
    ), again AS (
        UPDATE alarm.alarm AS a
        SET acknowledged = false, acknowledged_at = NULL, acknowledged_by = NULL, confirmed = false,
            confirmed_at = NULL,
            confirmed_by = NULL, re_alarms = a.re_alarms + 1, announced_at = remind.now, escalated_at = NULL,
            updated_at = clock_timestamp()
        FROM due AS d
        WHERE a.id = d.id
        RETURNING a.*
    ), told AS (
        INSERT INTO alarm.transition (alarm_id, kind, occurred_at, comment, severity, level, value, limit_value)
        SELECT g.id, 'realarmed', remind.now, format('active since %s', g.raised_at), g.severity, g.level, g.value,
               g.limit_value
        FROM again AS g ORDER BY g.id
        RETURNING id
    )
    SELECT array_agg(t.id ORDER BY t.id) INTO v_ids FROM told AS t;
    v_transitions := v_transitions || v_ids;

    -- nobody acknowledged it in time
    WITH due AS MATERIALIZED (
        SELECT x.id, n.name AS severity, n.rank
        FROM alarm.alarm AS x
        JOIN alarm.rule AS r ON r.id = x.rule_id AND r.escalate_after IS NOT NULL
        JOIN alarm.severity AS n ON n.name = coalesce(r.escalate_to, x.severity)
        WHERE x.cleared_at IS NULL AND NOT x.acknowledged AND x.escalated_at IS NULL
          AND x.announced_at + r.escalate_after <= remind.now
          AND alarm.is_free(x)
        ORDER BY x.id
        FOR UPDATE OF x SKIP LOCKED
    ), higher AS (
        UPDATE alarm.alarm AS a
        SET escalated_at = remind.now, updated_at = clock_timestamp(),
            severity = CASE WHEN d.rank > (SELECT s.rank FROM alarm.severity AS s WHERE s.name = a.severity)
                            THEN d.severity ELSE a.severity END,
            worst_severity = CASE WHEN d.rank > (SELECT s.rank FROM alarm.severity AS s WHERE s.name = a.worst_severity)
                                  THEN d.severity ELSE a.worst_severity END
        FROM due AS d
        WHERE a.id = d.id
        RETURNING a.*
    ), told AS (
        INSERT INTO alarm.transition (alarm_id, kind, occurred_at, comment, severity, level, value, limit_value)
        SELECT h.id, 'escalated', remind.now, format('not acknowledged since %s', h.announced_at), h.severity, h.level,
               h.value, h.limit_value
        FROM higher AS h ORDER BY h.id
        RETURNING id
    )
    SELECT array_agg(t.id ORDER BY t.id) INTO v_ids FROM told AS t;
    RETURN v_transitions || v_ids;
END
$$;
COMMENT ON FUNCTION alarm.remind(timestamptz) IS
    'Announces again what still stands after its rule''s re_alarm, and escalates what nobody acknowledged in time; not '
    'what is held. Part of alarm.tick, after alarm.announce: what a hold kept from people is told first, and waited '
    'for from then on.';
REVOKE ALL ON FUNCTION alarm.remind(timestamptz) FROM PUBLIC;
