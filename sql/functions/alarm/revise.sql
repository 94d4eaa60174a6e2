CREATE OR REPLACE FUNCTION alarm.revise(
    signal_ids bigint[], since timestamptz[], late boolean[], reclocked boolean[],
    "now" timestamptz DEFAULT clock_timestamp()
) RETURNS bigint[]
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
    -- those whose history stays as it is, and their new states
    v_agreeing bigint[];
    v_outcomes alarm.outcome[];
    -- those in which nothing happens, and of those that have a state: it, and the first sample after it
    v_quiet bigint[];
    v_quiet_known bigint[];
    v_quiet_state alarm.state[];
    v_quiet_since timestamptz[];
    v_item record;
    v_base alarm.state;
    v_kept alarm.checkpoint;
    -- samples from here on are folded anew; v_after: the machine's clock before them
    v_from timestamptz;
    v_after timestamptz;
    v_time timestamptz[];
    v_value float8[];
    o alarm.outcome;
    v_certain alarm.outcome;
    v_transitions bigint[] := ARRAY[]::bigint[];
BEGIN
    -- Mostly late points only say again what was known,
    SELECT c.ids, c.outcomes INTO v_agreeing, v_outcomes
    FROM alarm.same_history(revise.signal_ids, revise.since, revise.reclocked) AS c;
    -- or leave quiet what was quiet
    SELECT array_agg((q.machine).id), array_agg((q.machine).id) FILTER (WHERE q.is_known),
           array_agg(q.state) FILTER (WHERE q.is_known), array_agg(q.first) FILTER (WHERE q.is_known),
           v_outcomes || array_agg(q.outcome) FILTER (WHERE q.is_known)
    INTO v_quiet, v_quiet_known, v_quiet_state, v_quiet_since, v_outcomes
    FROM alarm.still_quiet(revise.signal_ids, revise.since, revise.reclocked) AS q;
    IF v_quiet_known IS NOT NULL THEN
        PERFORM alarm.keep_states(v_quiet_known, v_quiet_state, v_quiet_since);
    END IF;
    IF v_outcomes <> '{}' THEN
        v_transitions := alarm.settle(v_outcomes, "now" => revise.now);
    END IF;
    IF v_agreeing IS NOT NULL THEN
        DELETE FROM alarm.checkpoint AS c
        USING unnest(revise.signal_ids, revise.since) AS u (id, since)
        WHERE u.id = ANY (v_agreeing) AND c.signal_id = u.id AND c.at >= u.since;
        UPDATE alarm.checkpoint AS c SET holds_until = u.since
        FROM unnest(revise.signal_ids, revise.since) AS u (id, since)
        WHERE u.id = ANY (v_agreeing) AND c.signal_id = u.id AND c.holds_until > u.since;
    END IF;

    -- A loop: each machine goes back to a state of its own, and it is rare that one must go back at all.
    FOR v_item IN
        SELECT g AS signal, s AS state, u.since, u.late, u.reclocked, d.evaluated_to AS until
        FROM unnest(revise.signal_ids, revise.since, revise.late, revise.reclocked) AS u (id, since, late, reclocked)
        JOIN alarm.signal AS g ON g.id = u.id AND g.assigned
        LEFT JOIN alarm.state AS s ON s.signal_id = g.id
        -- what a job judges: as far as it has come
        LEFT JOIN alarm.derived_clock AS d ON d.signal_id = g.id AND NOT g.live
        WHERE (g.id = ANY (v_agreeing || v_quiet)) IS NOT TRUE
        ORDER BY g.id
    LOOP
        -- 1. A state in which every sample before these was in, and none after them.
        v_from := v_item.since;
        IF (v_item.state).signal_id IS NULL OR (v_item.state).last_time < v_item.since THEN
            -- nothing was looked at since: quiet until now
            PERFORM alarm.keep_states(ARRAY[(v_item.signal).id], ARRAY[v_item.state]::alarm.state[],
                                      ARRAY[v_item.since]);
        END IF;
        SELECT c.* INTO v_kept FROM alarm.checkpoint AS c
        WHERE c.signal_id = (v_item.signal).id AND c.at < v_item.since
        ORDER BY c.at DESC LIMIT 1;
        IF FOUND THEN
            v_base := CASE WHEN v_kept.state IS NOT NULL
                           THEN jsonb_populate_record(NULL::alarm.state, v_kept.state) END;
            v_after := v_kept.at;
            -- a quiet machine may be taken up again at any time while it stayed so
            IF v_kept.holds_until IS NOT NULL THEN
                v_from := least(v_item.since, v_kept.holds_until);
            ELSE
                v_from := v_kept.at + INTERVAL '1 microsecond';
            END IF;
        ELSIF v_item.late AND NOT (v_item.reclocked AND NOT (v_item.signal).live) THEN
            -- the rule was changed, or the alarm reset, after the time to which they belong: it stays as it was judged
            INSERT INTO telemetry.clock_event (equipment_id, received_at, unjudged)
            VALUES ((v_item.signal).equipment_id, revise.now, 1);
            CONTINUE;
        ELSE
            -- the same, but they are the newest: they are judged from now on
            v_base := alarm.before_sample(v_item.state, v_item.since);
            IF v_item.reclocked THEN
                v_base.since := ARRAY(SELECT CASE WHEN u.t > v_item.since THEN v_item.since ELSE u.t END
                                      FROM unnest(v_base.since) WITH ORDINALITY AS u (t, n) ORDER BY u.n);
            END IF;
            v_after := greatest((v_item.state).last_time, v_item.since);
            SELECT NULL, q.last_value, a.id INTO v_kept.holds_until, v_kept.after_alarm, v_kept.open_alarm
            FROM alarm.alarm_id_seq AS q
            LEFT JOIN alarm.alarm AS a ON a.signal_id = (v_item.signal).id AND a.cleared_at IS NULL;
        END IF;

        -- 2. From there on, all samples that are in.
        SELECT v.time, v.value INTO v_time, v_value
        FROM alarm.samples(v_item.signal, v_from, v_item.until) AS v;
        o := alarm.run(v_item.signal, v_base, v_time, v_value, v_item.until);
        v_certain := NULL;
        IF v_item.until IS NULL AND o.next_due <= (v_item.state).last_time AND NOT v_item.reclocked THEN
            -- the clock had come further, and no sample denies what it said
            v_certain := o;
            o := alarm.run(v_item.signal, jsonb_populate_record(NULL::alarm.state, to_jsonb(v_certain)), '{}', '{}',
                           (v_item.state).last_time);
            o.active_before := v_certain.active_before;
            o.event_time := v_certain.event_time || o.event_time;
            o.event_active := v_certain.event_active || o.event_active;
            o.event_value := v_certain.event_value || o.event_value;
            o.event_peak := v_certain.event_peak || o.event_peak;
        END IF;

        -- 3. What that changes in the history of its alarms.
        v_transitions := v_transitions
            || alarm.rewrite(v_item.signal, o, v_after, v_kept.after_alarm, v_kept.open_alarm, revise.now);

        -- 4. States to go back to from now on.
        DELETE FROM alarm.checkpoint AS c WHERE c.signal_id = (v_item.signal).id AND c.at >= v_item.since;
        UPDATE alarm.checkpoint AS c SET holds_until = v_item.since
        WHERE c.signal_id = (v_item.signal).id AND c.holds_until > v_item.since;
        IF v_item.reclocked THEN
            UPDATE alarm.state AS s SET checkpoint_at = v_from WHERE s.signal_id = (v_item.signal).id;
        END IF;
        IF v_certain.signal_id IS NOT NULL THEN
            UPDATE alarm.state AS s SET idle = false WHERE s.signal_id = (v_item.signal).id AND s.idle;
            INSERT INTO alarm.checkpoint (signal_id, at, state, after_alarm, open_alarm)
            SELECT v_certain.signal_id, v_certain.last_time, to_jsonb(v_certain), v_kept.after_alarm, (
                SELECT a.id FROM alarm.alarm AS a
                WHERE a.signal_id = v_certain.signal_id AND a.retracted_at IS NULL
                  AND a.raised_at <= v_certain.last_time
                  AND (a.id = v_kept.open_alarm
                       OR (a.id > v_kept.after_alarm AND a.equipment_id = (v_item.signal).equipment_id
                           AND a.raised_at > v_after))
                ORDER BY a.raised_at DESC, a.id DESC LIMIT 1)
            ON CONFLICT (signal_id, at) DO UPDATE
            SET holds_until = NULL, state = excluded.state, after_alarm = excluded.after_alarm,
                open_alarm = excluded.open_alarm;
        END IF;
    END LOOP;
    RETURN v_transitions;
END
$$;
COMMENT ON FUNCTION alarm.revise(bigint[], timestamptz[], boolean[], boolean[], timestamptz) IS
    'Samples came in that belong before what was judged already (arrays of equal length: signal, the earliest of them, '
    'whether the sensor had told something newer, whether its clock was put back): takes each machine back to a state '
    'before them, folds all stored samples from there and puts the history of its alarms right. Returns the '
    'transitions for alarm.announce. The caller holds the locks on the states.';
REVOKE ALL ON FUNCTION alarm.revise(bigint[], timestamptz[], boolean[], boolean[], timestamptz) FROM PUBLIC;
