CREATE OR REPLACE FUNCTION ml.rul_lite_run(
    INOUT state ml.rul_lite_state, times timestamptz[], ratios float8[], OUT told ml.rul_lite_state[]
)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- counts beyond any setting: they need not grow for ever
    c_most CONSTANT integer := 1000000;
    v_limit CONSTANT float8 := ops.setting_float('ml.rul_lite_limit');
    v_on CONSTANT integer := ops.setting_int('ml.rul_lite_on');
    v_off CONSTANT integer := ops.setting_int('ml.rul_lite_off');
    v_span CONSTANT float8 := ops.setting_float('ml.rul_lite_span');
    v_calm CONSTANT integer := ops.setting_int('ml.rul_lite_calm');
    v_recovery CONSTANT float8 := ops.setting_float('ml.rul_lite_recovery');
    v_every CONSTANT interval := ops.setting_interval('ml.rul_lite_every');
    v_was_on boolean;
BEGIN
    told := '{}';
    -- a loop, because each tick goes on from the state that the one before left
    FOR i IN 1 .. coalesce(cardinality(ratios), 0) LOOP
        state.time := greatest(state.time, times[i]);
        state.ratio := ratios[i];
        state.step_decay := 0;
        state.step_recover := 0;
        CONTINUE WHEN ratios[i] IS NULL;
        v_was_on := state.is_on;
        IF ratios[i] > v_limit THEN
            state.above := least(state.above + 1, c_most);
            state.below := 0;
        ELSE
            state.above := 0;
            state.below := least(state.below + 1, c_most);
        END IF;
        IF NOT state.is_on AND state.above >= v_on THEN
            state.is_on := true;
            state.ceiling := state.units;
        ELSIF state.is_on AND state.below >= v_off THEN
            state.is_on := false;
        END IF;
        state.calm := CASE WHEN NOT state.is_on AND state.above = 0 THEN least(state.calm + 1, c_most) ELSE 0 END;
        IF state.is_on THEN
            state.step_decay := least(state.units, least(greatest((ratios[i] - 1) / v_span, 0), 1));
        ELSIF state.calm >= v_calm THEN
            state.step_recover := least(v_recovery, greatest(state.ceiling - state.units, 0));
        END IF;
        state.units := state.units - state.step_decay + state.step_recover;
        IF state.recorded_at IS NULL OR state.is_on <> v_was_on OR times[i] - state.recorded_at >= v_every THEN
            state.recorded_at := times[i];
            told := told || state;
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION ml.rul_lite_run(ml.rul_lite_state, timestamptz[], float8[]) IS
    'What ticks make of a state of RUL-lite, in their order. ratio: reading / threshold; NULL: there is no threshold, '
    'and nothing changes. The alarm comes on with the second tick in a row above 1.005 and goes with the third '
    'that is not; '
    'while it is on, a tick takes (ratio - 1) / 0.2 units, 0 to 1; from the 60th calm tick on (not above, alarm off) '
    'each gives 0.1 back, up to the level at which the last alarm came on. The numbers are settings ml.rul_lite_*. '
    'told: the states of which an estimate is to be stored: the first, those in which the alarm changed, and one each '
    'ml.rul_lite_every.';
REVOKE ALL ON FUNCTION ml.rul_lite_run(ml.rul_lite_state, timestamptz[], float8[]) FROM PUBLIC;
