CREATE OR REPLACE FUNCTION alarm.retire("now" timestamptz) RETURNS bigint[]
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_signals bigint[];
    v_transitions bigint[];
BEGIN
    -- a state without its signal can only come from a batch that was under way while the signal went: looked for now
    -- and then
    IF extract(second FROM retire.now) >= 1 AND NOT EXISTS (SELECT FROM alarm.signal AS g WHERE NOT g.assigned) THEN
        RETURN ARRAY[]::bigint[];
    END IF;
    SELECT array_agg(s.signal_id) INTO v_signals
    FROM (
        SELECT s.signal_id
        FROM alarm.state AS s
        LEFT JOIN alarm.signal AS g ON g.id = s.signal_id
        WHERE g.assigned IS NOT TRUE
        ORDER BY s.signal_id
        FOR UPDATE OF s SKIP LOCKED
    ) AS s;

    WITH due AS MATERIALIZED (
        SELECT o.id FROM alarm.alarm AS o WHERE o.signal_id = ANY (v_signals) AND o.cleared_at IS NULL
        ORDER BY o.id FOR UPDATE SKIP LOCKED
    ), closed AS (
        UPDATE alarm.alarm AS a
        SET active = false, cleared_at = greatest(retire.now, a.raised_at), updated_at = clock_timestamp()
        FROM due AS d
        WHERE a.id = d.id
        RETURNING a.id, a.signal_id, a.cleared_at, a.severity, a.level, a.value, a.limit_value
    ), told AS (
        INSERT INTO alarm.transition (alarm_id, kind, occurred_at, comment, severity, level, value, limit_value)
        SELECT c.id, 'cleared', c.cleared_at, 'the rule no longer applies to this sensor', c.severity, c.level, c.value,
               c.limit_value
        FROM closed AS c ORDER BY c.id
        RETURNING id
    )
    SELECT array_agg(t.id ORDER BY t.id) INTO v_transitions FROM told AS t;

    DELETE FROM alarm.state AS s
    WHERE s.signal_id = ANY (v_signals)
      AND NOT EXISTS (SELECT FROM alarm.alarm AS a WHERE a.signal_id = s.signal_id AND a.cleared_at IS NULL);
    DELETE FROM alarm.derived_clock AS d USING alarm.signal AS g WHERE g.id = d.signal_id AND NOT g.assigned;
    DELETE FROM alarm.checkpoint AS c WHERE c.signal_id = ANY (v_signals);
    DELETE FROM alarm.signal AS g
    WHERE g.id IN (
        SELECT x.id FROM alarm.signal AS x
        WHERE NOT x.assigned AND NOT EXISTS (SELECT FROM alarm.state AS s WHERE s.signal_id = x.id)
          AND NOT EXISTS (SELECT FROM alarm.hold AS h WHERE h.signal_id = x.id AND h.ended_at IS NULL)
        LIMIT 10000
        FOR UPDATE SKIP LOCKED);
    RETURN coalesce(v_transitions, ARRAY[]::bigint[]);
END
$$;
COMMENT ON FUNCTION alarm.retire(timestamptz) IS
    'Clears the alarms, states and signals of rules that were deleted, disabled or no longer select the sensor. Part '
    'of alarm.tick, so that whoever changes a rule waits for no ingest and no ingest waits for him.';
REVOKE ALL ON FUNCTION alarm.retire(timestamptz) FROM PUBLIC;
