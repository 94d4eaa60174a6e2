CREATE OR REPLACE FUNCTION alarm.run(
    machine alarm.signal, state alarm.state, "time" timestamptz[], value float8[], until timestamptz DEFAULT NULL
) RETURNS alarm.outcome
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
-- Sample and hold with timers: a value holds until the next one; before a sample is looked at, the clock advances to it and
-- fires every timer that fell due, at its own due time. So the result depends on the samples only, not on how they were cut
-- into calls. Each limit is a machine of its own (bit 1 low_low, 2 low, 4 high, 8 high_high); the alarm is their sum.
DECLARE
    v_count integer := coalesce(cardinality(time), 0);
    v_inside boolean := machine.condition = 'inside';
    v_derived boolean := machine.condition IN ('rate_of_change', 'flat_line');
    v_active integer := coalesce(state.active, 0);
    v_since timestamptz[] := coalesce(state.since, ARRAY[NULL, NULL, NULL, NULL]::timestamptz[]);
    v_due timestamptz := NULL;
    v_last timestamptz := state.last_time;
    v_value float8 := state.last_value;
    v_zone integer := coalesce(state.zone, 240);
    v_peak float8 := state.peak;
    v_anchor_time timestamptz := state.anchor_time;
    v_anchor_value float8 := state.anchor_value;
    v_raises timestamptz[] := coalesce(state.raises, ARRAY[]::timestamptz[]);
    v_chattering boolean := coalesce(state.chattering, false);
    v_off_delay interval := machine.off_delay;
    v_pending integer := 0;
    v_want integer;
    v_clock timestamptz;
    v_now_zone integer;
    v_sample float8;
    v_flip integer;
    v_before integer;
    v_step float8;
    v_first boolean := true;
    v_held integer := 0;
    v_calm_low float8 := greatest(machine.low_low, machine.low) + machine.deadband;
    v_calm_high float8 := least(machine.high_high, machine.high) - machine.deadband;
    v_delay interval;
    v_event_time timestamptz[] := ARRAY[]::timestamptz[];
    v_event_active smallint[] := ARRAY[]::smallint[];
    v_event_value float8[] := ARRAY[]::float8[];
    v_event_peak float8[] := ARRAY[]::float8[];
BEGIN
    IF v_chattering THEN
        v_off_delay := greatest(v_off_delay, machine.chatter_quiet);
    END IF;
    IF state.next_due IS NOT NULL THEN
        FOR v_bit IN 1..4 LOOP
            CONTINUE WHEN v_since[v_bit] IS NULL;
            v_pending := v_pending | (1 << (v_bit - 1));
            -- worked out anew, not taken from the state: the rule's delays may have changed since
            v_due := least(v_due, v_since[v_bit]
                + CASE WHEN v_active & (1 << (v_bit - 1)) <> 0 THEN v_off_delay ELSE machine.on_delay END);
        END LOOP;
    END IF;

    FOR i IN 1 .. v_count + 1 LOOP
        IF i <= v_count THEN
            -- calm after calm with no timer in between: just the one that holds now
            IF v_zone = 240 AND NOT v_first AND NOT v_derived AND NOT v_inside AND value[i] BETWEEN v_calm_low AND v_calm_high
               AND (v_due IS NULL OR v_due > time[i]) THEN
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
            -- after the last sample: what has no delay fires at once, and the clock goes on to until
            v_clock := greatest(until, v_last);
        END IF;

        WHILE v_due <= v_clock LOOP
            v_clock := v_due;
            v_flip := 0;
            FOR v_bit IN 1..4 LOOP
                v_delay := CASE WHEN v_active & (1 << (v_bit - 1)) <> 0 THEN v_off_delay ELSE machine.on_delay END;
                IF v_since[v_bit] + v_delay <= v_due THEN
                    v_flip := v_flip | (1 << (v_bit - 1));
                    v_since[v_bit] := NULL;
                END IF;
            END LOOP;
            v_before := v_active;
            v_active := v_active # v_flip;
            v_pending := v_pending & ~v_flip;
            IF v_before = 0 THEN
                v_peak := v_value;
                IF machine.chatter_count IS NOT NULL AND NOT v_chattering THEN
                    v_raises := v_raises[greatest(1, cardinality(v_raises) - machine.chatter_count + 2):] || v_due;
                    IF cardinality(v_raises) = machine.chatter_count
                       AND v_raises[1] > v_due - machine.chatter_window THEN
                        v_chattering := true;
                        v_off_delay := greatest(v_off_delay, machine.chatter_quiet);
                    END IF;
                END IF;
            END IF;
            IF v_before <> 0 AND v_active <> 0 AND (v_before & 12 = 0) <> (v_active & 12 = 0) THEN
                -- from beyond one side to beyond the other
                v_peak := v_value;
            END IF;
            v_event_time := v_event_time || v_due;
            v_event_active := v_event_active || (v_active | CASE WHEN v_chattering THEN 16 ELSE 0 END)::smallint;
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
            v_due := NULL;
            FOR v_bit IN 1..4 LOOP
                v_due := least(v_due, v_since[v_bit]
                    + CASE WHEN v_active & (1 << (v_bit - 1)) <> 0 THEN v_off_delay ELSE machine.on_delay END);
            END LOOP;
            v_clock := CASE WHEN i <= v_count THEN time[i] ELSE greatest(until, v_last) END;
        END LOOP;
        EXIT WHEN i > v_count;

        v_last := v_clock;
        v_sample := value[i];
        IF v_derived THEN
            IF machine.condition = 'flat_line' THEN
                IF v_anchor_time IS NULL OR abs(v_sample - v_anchor_value) > machine.parameter THEN
                    v_anchor_time := v_clock;
                    v_anchor_value := v_sample;
                END IF;
                v_sample := extract(epoch FROM v_clock - v_anchor_time);
            ELSIF v_anchor_time IS NULL THEN
                v_anchor_time := v_clock;
                v_anchor_value := v_sample;
                CONTINUE;
            ELSE
                v_step := extract(epoch FROM v_clock - v_anchor_time);
                CONTINUE WHEN v_step < machine.parameter;
                v_anchor_time := v_clock;
                v_step := (v_sample - v_anchor_value) / v_step;
                v_anchor_value := v_sample;
                v_sample := v_step;
            END IF;
        END IF;
        v_value := v_sample;
        v_now_zone := alarm.zone(v_inside, machine.low_low, machine.low, machine.high, machine.high_high, machine.deadband, v_value);
        -- calm values, waited out in an off-delay, are no peak of the alarm
        IF v_active <> 0 AND v_now_zone <> 240 THEN
            v_peak := CASE WHEN v_active & 12 <> 0 THEN greatest(v_peak, v_value) ELSE least(v_peak, v_value) END;
        END IF;
        -- same zone, same wishes: the common case ends here (not for the first sample, since the rule may have changed)
        CONTINUE WHEN v_now_zone = v_zone AND NOT v_first;
        v_first := false;
        v_zone := v_now_zone;
        v_want := (v_zone & 15 & ~v_active) | CASE WHEN machine.latched THEN 0 ELSE (v_zone >> 4) & v_active END;
        CONTINUE WHEN v_want = v_pending;
        v_due := NULL;
        v_pending := v_want;
        IF v_want = 0 THEN
            v_since := ARRAY[NULL, NULL, NULL, NULL]::timestamptz[];
            CONTINUE;
        END IF;
        FOR v_bit IN 1..4 LOOP
            IF v_want & (1 << (v_bit - 1)) = 0 THEN
                v_since[v_bit] := NULL;
            ELSE
                v_since[v_bit] := coalesce(v_since[v_bit], v_clock);
                v_due := least(v_due, v_since[v_bit]
                    + CASE WHEN v_active & (1 << (v_bit - 1)) <> 0 THEN v_off_delay ELSE machine.on_delay END);
            END IF;
        END LOOP;
    END LOOP;

    RETURN ROW(machine.id, coalesce(state.active, 0), v_active, v_since, v_due, v_last, v_value, v_zone, v_peak,
               v_anchor_time, v_anchor_value, v_raises, v_chattering,
               v_event_time, v_event_active, v_event_value, v_event_peak)::alarm.outcome;
END
$$;
COMMENT ON FUNCTION alarm.run(alarm.signal, alarm.state, timestamptz[], float8[], timestamptz) IS
    'The alarm state machine, the only one: folds samples (in time order; those at or before the state''s clock are ignored) and the clock''s advance to until into a state, and says what became active and inactive when. Ingest, alarm.tick, alarm.backtest and alarm.run_rule_tests all call it. Pure: writes nothing.';
REVOKE ALL ON FUNCTION alarm.run(alarm.signal, alarm.state, timestamptz[], float8[], timestamptz) FROM PUBLIC;
