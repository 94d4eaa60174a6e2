CREATE OR REPLACE FUNCTION ml.rul_lite_step(INOUT state ml.rul_lite_state, ratio float8)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- counts beyond any setting: they need not grow for ever
    c_most CONSTANT integer := 1000000;
BEGIN
    state.ratio := rul_lite_step.ratio;
    state.step_decay := 0;
    state.step_recover := 0;
    IF rul_lite_step.ratio IS NULL THEN
        RETURN;
    END IF;
    IF rul_lite_step.ratio > ops.setting_float('ml.rul_lite_limit') THEN
        state.above := least(state.above + 1, c_most);
        state.below := 0;
    ELSE
        state.above := 0;
        state.below := least(state.below + 1, c_most);
    END IF;
    IF NOT state.is_on AND state.above >= ops.setting_int('ml.rul_lite_on') THEN
        state.is_on := true;
        state.ceiling := state.units;
    ELSIF state.is_on AND state.below >= ops.setting_int('ml.rul_lite_off') THEN
        state.is_on := false;
    END IF;
    state.calm := CASE WHEN NOT state.is_on AND state.above = 0 THEN least(state.calm + 1, c_most) ELSE 0 END;
    IF state.is_on THEN
        state.step_decay := least(state.units,
            least(greatest((rul_lite_step.ratio - 1) / ops.setting_float('ml.rul_lite_span'), 0), 1));
    ELSIF state.calm >= ops.setting_int('ml.rul_lite_calm') THEN
        state.step_recover := least(ops.setting_float('ml.rul_lite_recovery'),
                                    greatest(state.ceiling - state.units, 0));
    END IF;
    state.units := state.units - state.step_decay + state.step_recover;
END
$$;
COMMENT ON FUNCTION ml.rul_lite_step(ml.rul_lite_state, float8) IS
    'What a tick makes of a state of RUL-lite. ratio: reading / threshold; NULL: there is no threshold, and nothing '
    'changes. The alarm comes on with the second tick in a row above 1.005 and goes with the third that is not; while '
    'it is on, a tick takes (ratio - 1) / 0.2 units, 0 to 1; from the 60th calm tick on (not above, alarm off) each '
    'gives 0.1 back, up to the level at which the last alarm came on. The numbers are settings ml.rul_lite_*.';
REVOKE ALL ON FUNCTION ml.rul_lite_step(ml.rul_lite_state, float8) FROM PUBLIC;
