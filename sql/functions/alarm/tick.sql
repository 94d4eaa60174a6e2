CREATE OR REPLACE FUNCTION alarm.tick("now" timestamptz DEFAULT clock_timestamp()) RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_until timestamptz := tick.now - ops.setting_interval('alarm.tick_grace');
    v_outcomes alarm.outcome[];
    v_due bigint[];
    v_transitions bigint[] := ARRAY[]::bigint[];
BEGIN
    -- one at a time; ingest is never waited for: what it holds, it judges itself
    IF NOT pg_try_advisory_xact_lock(hashtextextended('millwright:alarm.tick', 0)) THEN
        RETURN 0;
    END IF;

    -- 1. timers that no further sample came to decide
    SELECT array_agg(d.signal_id) INTO v_due
    FROM (
        SELECT s.signal_id FROM alarm.state AS s
        WHERE s.next_due <= v_until
        ORDER BY s.signal_id
        FOR NO KEY UPDATE SKIP LOCKED
    ) AS d;
    IF v_due IS NOT NULL THEN
        SELECT array_agg(alarm.run(g, s, '{}', '{}', v_until)) INTO v_outcomes
        FROM alarm.state AS s
        JOIN alarm.signal AS g ON g.id = s.signal_id AND g.assigned
        WHERE s.signal_id = ANY (v_due);
        IF v_outcomes IS NOT NULL THEN
            v_transitions := v_transitions || alarm.settle(v_outcomes);
        END IF;
    END IF;

    -- 2. what pairs that no longer exist left behind
    v_transitions := v_transitions || alarm.retire(tick.now);
    -- 3. what people and maintenance hold back, and what nobody answers
    v_transitions := v_transitions || alarm.review(tick.now);

    PERFORM alarm.announce(v_transitions);
    IF extract(second FROM tick.now)::integer % 10 = 0 THEN
        PERFORM alarm.watch_floods(tick.now);
    END IF;
    RETURN cardinality(v_transitions);
END
$$;
COMMENT ON FUNCTION alarm.tick(timestamptz) IS
    'The clock, run as a job each second: fires delays that fell due without a sample, closes alarms of rules that ended, ends shelvings, follows maintenance windows, re-announces and escalates. Returns the transitions made.';
REVOKE ALL ON FUNCTION alarm.tick(timestamptz) FROM PUBLIC;
