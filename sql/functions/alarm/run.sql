CREATE OR REPLACE FUNCTION alarm.run(
    machine alarm.signal, state alarm.state, "time" timestamptz[], value float8[], until timestamptz DEFAULT NULL
) RETURNS alarm.outcome
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
-- Sample and hold with timers: a value holds until the next one; before a sample is looked at, the clock advances to it
-- and fires every timer that fell due, at its own due time. So the result depends on the samples only, not on how they
-- were cut into calls. Each limit is a machine of its own (its bit: alarm.bit_of); the alarm is their sum.
DECLARE
    v_count integer := coalesce(cardinality(time), 0);
    v_inside boolean := machine.condition = 'inside';
    v_derived boolean := machine.condition = 'rate_of_change' OR machine.condition = 'flat_line';
    v_sample float8[] := value;
    -- the state, as it is so far
    v_active integer := coalesce(state.active, 0);
    v_since timestamptz[] := coalesce(state.since, ARRAY[NULL, NULL, NULL, NULL]::timestamptz[]);
    v_due timestamptz;
    v_last timestamptz := state.last_time;
    v_value float8 := state.last_value;
    v_zone integer := coalesce(state.zone, alarm.calm_zone());
    v_peak float8 := state.peak;
    v_anchor_time timestamptz := state.anchor_time;
    v_anchor_value float8 := state.anchor_value;
    v_raises timestamptz[] := coalesce(state.raises, ARRAY[]::timestamptz[]);
    v_chattering boolean := coalesce(state.chattering, false) AND machine.chatter_count IS NOT NULL;
    v_off_delay interval := CASE WHEN v_chattering THEN greatest(machine.off_delay, machine.chatter_quiet)
                                 ELSE machine.off_delay END;
    -- limits that wait for their delay; as they should be now
    v_pending integer := 0;
    v_want integer;
    v_clock timestamptz;
    v_now_zone integer;
    v_before integer;
    v_flip integer;
    v_first boolean := true;
    -- the last of the calm samples that were passed over
    v_held integer := 0;
    v_calm_low float8 := greatest(machine.low_low, machine.low) + machine.deadband;
    v_calm_high float8 := least(machine.high_high, machine.high) - machine.deadband;
    v_event_time timestamptz[] := ARRAY[]::timestamptz[];
    v_event_active smallint[] := ARRAY[]::smallint[];
    v_event_value float8[] := ARRAY[]::float8[];
    v_event_peak float8[] := ARRAY[]::float8[];
BEGIN
    IF state.next_due IS NOT NULL THEN
        v_pending := alarm.pending_limits(v_since);
        -- worked out anew, not taken from the state: the rule's delays may have changed since
        v_due := alarm.due_at(v_since, v_active, machine.on_delay, v_off_delay);
    END IF;
    IF v_derived THEN
        SELECT d.derived, d.anchor_time, d.anchor_value INTO v_sample, v_anchor_time, v_anchor_value
        FROM alarm.derive(machine, time, value, v_last, v_anchor_time, v_anchor_value) AS d;
    END IF;

    FOR i IN 1 .. v_count + 1 LOOP
        -- 1. How far the clock goes: to the sample; after the last one, what has no delay fires at once, and it goes on
        -- to until.
        IF i <= v_count THEN
            -- calm after calm with no timer in between: just the one that holds now
            IF v_zone = alarm.calm_zone() AND NOT v_first AND NOT v_derived AND NOT v_inside
               AND value[i] BETWEEN v_calm_low AND v_calm_high AND (v_due IS NULL OR v_due > time[i]) THEN
                v_held := i;
                CONTINUE;
            END IF;
            v_clock := time[i];
        END IF;
        IF v_held > 0 THEN
            v_last := greatest(v_last, time[v_held]);
            v_value := value[v_held];
            v_held := 0;
        END IF;
        IF i <= v_count THEN
            CONTINUE WHEN v_clock <= v_last;
        ELSE
            v_clock := greatest(until, v_last);
        END IF;

        -- 2. The timers that fall due on the way.
        WHILE v_due <= v_clock LOOP
            v_before := v_active;
            v_flip := alarm.due_limits(v_since, v_active, machine.on_delay, v_off_delay, v_due);
            v_since := alarm.since_without(v_since, v_flip);
            v_active := v_active # v_flip;
            v_pending := v_pending & ~v_flip;
            IF v_before = 0 AND machine.chatter_count IS NOT NULL AND NOT v_chattering THEN
                v_raises := v_raises[greatest(1, cardinality(v_raises) - machine.chatter_count + 2):] || v_due;
                IF alarm.chatters(v_raises, machine.chatter_count, machine.chatter_window) THEN
                    v_chattering := true;
                    v_off_delay := greatest(v_off_delay, machine.chatter_quiet);
                END IF;
            END IF;
            -- raised, or from beyond one side to beyond the other
            IF v_before = 0 OR (v_active <> 0 AND alarm.is_high_side(v_before) <> alarm.is_high_side(v_active)) THEN
                v_peak := v_value;
            END IF;
            v_event_time := v_event_time || v_due;
            v_event_active := v_event_active || alarm.as_event(v_active, v_chattering)::smallint;
            v_event_value := v_event_value || v_value;
            v_event_peak := v_event_peak || v_peak;
            IF v_active = 0 THEN
                v_peak := NULL;
                IF v_chattering THEN
                    v_chattering := false;
                    v_raises := ARRAY[]::timestamptz[];
                    v_off_delay := machine.off_delay;
                END IF;
            END IF;
            v_last := greatest(v_last, v_due);
            v_due := alarm.due_at(v_since, v_active, machine.on_delay, v_off_delay);
            IF i > v_count THEN
                v_clock := greatest(until, v_last);
            END IF;
        END LOOP;
        EXIT WHEN i > v_count;

        -- 3. The sample itself: where its value lies.
        v_last := v_clock;
        CONTINUE WHEN v_sample[i] IS NULL;
        v_value := v_sample[i];
        v_now_zone := alarm.zone(v_inside, machine.low_low, machine.low, machine.high, machine.high_high,
                                 machine.deadband,
                                 v_value);
        -- calm values, waited out in an off-delay, are no peak of the alarm
        IF v_active <> 0 AND v_now_zone <> alarm.calm_zone() THEN
            v_peak := CASE WHEN alarm.is_high_side(v_active) THEN greatest(v_peak, v_value)
                           ELSE least(v_peak, v_value) END;
        END IF;
        -- same zone, same wishes: the common case ends here (not for the first sample, since the rule may have changed)
        CONTINUE WHEN v_now_zone = v_zone AND NOT v_first;
        v_first := false;
        v_zone := v_now_zone;

        -- 4. What it asks for: from now on, or still.
        v_want := alarm.wanted_limits(v_zone, v_active, machine.latched);
        CONTINUE WHEN v_want = v_pending;
        v_pending := v_want;
        v_since := alarm.since_when(v_since, v_want, v_clock);
        v_due := alarm.due_at(v_since, v_active, machine.on_delay, v_off_delay);
    END LOOP;

    RETURN ROW(machine.id, coalesce(state.active, 0), v_active, v_since, v_due, v_last, v_value, v_zone, v_peak,
               v_anchor_time, v_anchor_value, v_raises, v_chattering,
               v_event_time, v_event_active, v_event_value, v_event_peak)::alarm.outcome;
END
$$;
COMMENT ON FUNCTION alarm.run(alarm.signal, alarm.state, timestamptz[], float8[], timestamptz) IS
    'The alarm state machine, the only one: folds samples (in time order; those at or before the state''s clock are '
    'ignored) and the clock''s advance to until into a state, and says what became active and inactive when. Ingest, '
    'alarm.tick, alarm.backtest and alarm.run_rule_tests all call it. Pure: writes nothing.';
REVOKE ALL ON FUNCTION alarm.run(alarm.signal, alarm.state, timestamptz[], float8[], timestamptz) FROM PUBLIC;
