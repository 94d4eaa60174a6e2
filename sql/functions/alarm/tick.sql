CREATE OR REPLACE FUNCTION alarm.tick("now" timestamptz DEFAULT clock_timestamp()) RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_until timestamptz := tick.now - ops.setting_interval('alarm.tick_grace');
    v_longest_burst interval := ops.setting_interval('alarm.longest_burst');
    v_outcomes alarm.outcome[];
    v_due bigint[];
    v_provisional bigint[];
    v_transitions bigint[] := ARRAY[]::bigint[];
    v_reminders bigint[];
BEGIN
    -- one at a time; ingest is never waited for: what it holds, it judges itself
    IF NOT ops.try_lock('alarm.tick') THEN
        RETURN NULL;
    END IF;

    -- 1. sensors whose rules somebody held up, and values that stand beyond limits that are new: before the timers,
    -- which would still fire what an older limit had begun
    PERFORM alarm.assign_waiting();
    v_transitions := v_transitions || alarm.judge_standing(tick.now);
    -- 2. timers that no further sample came to decide, by the sensor's own time
    SELECT array_agg(d.signal_id) INTO v_due
    FROM (
        SELECT s.signal_id
        FROM alarm.state AS s
        JOIN alarm.signal AS g ON g.id = s.signal_id
        LEFT JOIN telemetry.latest AS l ON l.sensor_id = s.sensor_id
        -- what a job judges goes no further than the job, which may not have seen this signal yet
        LEFT JOIN alarm.derived_clock AS e ON e.signal_id = s.signal_id
        LEFT JOIN alarm.clock AS k ON k.condition = g.condition AND NOT g.live
        CROSS JOIN LATERAL (
            SELECT coalesce(e.evaluated_to, CASE WHEN k.condition IS NOT NULL THEN
                       least(k.evaluated_to,
                             alarm.sensor_time(v_until, l.time, l.received_at, l.burst,
                                               v_longest_burst)) END) AS evaluated_to
        ) AS d
        -- no clock may be further ahead: so far the index serves
        WHERE s.next_due <= v_until + ops.setting_interval('ingest.future_tolerance') + v_longest_burst
          AND CASE WHEN d.evaluated_to IS NOT NULL THEN s.next_due <= d.evaluated_to
                   ELSE alarm.fires_at(s.next_due, l.time, l.received_at, l.burst, v_longest_burst) <= v_until END
        ORDER BY s.signal_id
        FOR NO KEY UPDATE OF s SKIP LOCKED
    ) AS d;
    IF v_due IS NOT NULL THEN
        -- what no sample has said yet is provisional: what the samples have said is kept, to go back to
        SELECT array_agg(s.signal_id) INTO v_provisional
        FROM alarm.state AS s JOIN alarm.signal AS g ON g.id = s.signal_id AND g.live
        WHERE s.signal_id = ANY (v_due);
        PERFORM alarm.keep_states(v_provisional);
        SELECT array_agg(alarm.run(g, s, '{}', '{}', n.until)) INTO v_outcomes
        FROM alarm.state AS s
        JOIN alarm.signal AS g ON g.id = s.signal_id AND g.assigned
        LEFT JOIN telemetry.latest AS l ON l.sensor_id = s.sensor_id
        LEFT JOIN alarm.derived_clock AS e ON e.signal_id = s.signal_id
        LEFT JOIN alarm.clock AS k ON k.condition = g.condition AND NOT g.live
        -- as far as the sensor's own time has come, and never less than the timer that is over
        CROSS JOIN LATERAL (
            SELECT coalesce(e.evaluated_to, CASE WHEN k.condition IS NOT NULL THEN least(k.evaluated_to, t.now) END,
                            greatest(s.next_due, t.now)) AS until
            FROM (SELECT alarm.sensor_time(v_until, l.time, l.received_at, l.burst,
                                           v_longest_burst) AS now) AS t OFFSET 0) AS n
        WHERE s.signal_id = ANY (v_due);
        IF v_outcomes IS NOT NULL THEN
            v_transitions := v_transitions || alarm.settle(v_outcomes, "now" => tick.now);
        END IF;
        UPDATE alarm.state AS s SET idle = false WHERE s.signal_id = ANY (v_provisional) AND s.idle;
    END IF;

    -- 3. what pairs that no longer exist left behind
    v_transitions := v_transitions || alarm.retire(tick.now);
    -- 4. what people and maintenance hold back
    v_transitions := v_transitions || alarm.review(tick.now);
    PERFORM alarm.announce(v_transitions);
    -- 5. what nobody answers
    v_reminders := alarm.remind(tick.now);
    PERFORM alarm.announce(v_reminders);
    v_transitions := v_transitions || v_reminders;
    -- 6. who believes what is not so, because routes, channels or rules changed
    PERFORM alarm.reconcile();
    IF extract(second FROM tick.now)::integer % 10 = 0 THEN
        PERFORM alarm.watch_floods(tick.now);
        -- no live point comes later than that, so none needs an older state
        DELETE FROM alarm.checkpoint AS c
        WHERE c.created_at < clock_timestamp() - least(ops.setting_interval('ingest.historical_after'),
                                                       INTERVAL '1 hour')
                                               - 2 * ops.setting_interval('alarm.checkpoint_every');
    END IF;
    RETURN cardinality(v_transitions);
END
$$;
COMMENT ON FUNCTION alarm.tick(timestamptz) IS
    'The clock, run as a job each second: fires delays that fell due without a sample, holds standing values against '
    'new limits, closes alarms of rules that ended, ends shelvings, follows maintenance windows, re-announces and '
    'escalates. Returns the transitions made.';
REVOKE ALL ON FUNCTION alarm.tick(timestamptz) FROM PUBLIC;
