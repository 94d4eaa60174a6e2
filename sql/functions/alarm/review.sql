CREATE OR REPLACE FUNCTION alarm.review("now" timestamptz) RETURNS bigint[]
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    -- open alarms are few among many: their partial index, whatever the statistics say
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
    v_ids bigint[];
    v_floods boolean := ops.setting_text('alarm.flood_action') = 'suppress';
    v_transitions bigint[] := ARRAY[]::bigint[];
BEGIN
    -- shelvings whose time is over (of alarms and, where the alarm has cleared meanwhile, of their rule and sensor),
    -- one-shot ones also where the alarm was closed in another way than by a sample
    UPDATE alarm.hold AS h
    SET ended_at = review.now, ended_by = 'system'
    WHERE h.id IN (
        SELECT x.id FROM alarm.hold AS x
        WHERE x.ended_at IS NULL
          AND (x.until <= review.now
               OR (x.kind = 'one_shot' AND NOT EXISTS (
                       SELECT FROM alarm.alarm AS a
                       WHERE a.code = x.code AND a.signal_id IS NOT DISTINCT FROM x.signal_id
                         AND a.equipment_id IS NOT DISTINCT FROM x.equipment_id
                         AND a.cleared_at IS NULL AND a.shelved = 'one_shot')))
        FOR UPDATE SKIP LOCKED);
    WITH due AS MATERIALIZED (
        SELECT x.id FROM alarm.alarm AS x WHERE x.cleared_at IS NULL AND x.shelved_until <= review.now
        ORDER BY x.id FOR UPDATE SKIP LOCKED
    ), ended AS (
        UPDATE alarm.alarm AS a
        SET shelved = NULL, shelved_until = NULL, updated_at = clock_timestamp()
        FROM due AS d
        WHERE a.id = d.id
        RETURNING a.*
    ), told AS (
        INSERT INTO alarm.transition (alarm_id, kind, occurred_at, comment, severity, level, value, limit_value)
        SELECT e.id, 'unshelved', review.now, 'its time is over', e.severity, e.level, e.value, e.limit_value
        FROM ended AS e ORDER BY e.id
        RETURNING id
    )
    SELECT array_agg(t.id ORDER BY t.id) INTO v_ids FROM told AS t;
    v_transitions := v_transitions || v_ids;

    -- maintenance windows and parent alarms come and go; what operators suppress stays as it is
    WITH wanted AS MATERIALIZED (
        SELECT a.id, a.suppressed_by AS before,
               alarm.suppressions(a.rule_id, a.equipment_id, review.now)
                   || ARRAY(SELECT u FROM unnest(a.suppressed_by) AS u WHERE u = 'operator') AS after
        FROM alarm.alarm AS a
        WHERE a.cleared_at IS NULL
          AND (a.suppressed_by <> '{}'
               OR EXISTS (SELECT FROM plant.maintenance AS m WHERE m.equipment_id = a.equipment_id AND m.suppress_alarms
                          AND m.status IN ('planned', 'in_progress') AND m.starts_at <= review.now)
               OR EXISTS (SELECT FROM alarm.rule AS r WHERE r.id = a.rule_id AND r.parent_rule IS NOT NULL)
               OR (v_floods
                   AND EXISTS (SELECT FROM alarm.alarm AS f WHERE f.code = alarm.system_code('flood', a.equipment_id)
                               AND f.cleared_at IS NULL)))
        ORDER BY a.id
        FOR UPDATE OF a SKIP LOCKED
    ), changed AS (
        UPDATE alarm.alarm AS a
        SET suppressed_by = w.after, updated_at = clock_timestamp()
        FROM wanted AS w
        WHERE a.id = w.id AND w.after <> w.before
        RETURNING a.*, w.before
    ), told AS (
        INSERT INTO alarm.transition (alarm_id, kind, occurred_at, comment, severity, level, value, limit_value)
        SELECT c.id, CASE WHEN c.before = '{}' THEN 'suppressed' ELSE 'unsuppressed' END, review.now,
               array_to_string(CASE WHEN c.before = '{}' THEN c.suppressed_by ELSE c.before END, ', '),
               c.severity, c.level, c.value, c.limit_value
        FROM changed AS c
        WHERE (c.before = '{}') <> (c.suppressed_by = '{}')
        ORDER BY c.id
        RETURNING id
    )
    SELECT array_agg(t.id ORDER BY t.id) INTO v_ids FROM told AS t;
    v_transitions := v_transitions || v_ids;
    RETURN v_transitions;
END
$$;
COMMENT ON FUNCTION alarm.review(timestamptz) IS
    'Ends shelvings, follows maintenance windows, parent alarms and floods. Part of alarm.tick; skips what somebody '
    'else has locked and finds it again a second later.';
REVOKE ALL ON FUNCTION alarm.review(timestamptz) FROM PUBLIC;
