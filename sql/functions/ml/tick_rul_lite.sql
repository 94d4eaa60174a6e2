CREATE OR REPLACE FUNCTION ml.tick_rul_lite(
    equipment_id text, power text, x float8, y float8, z float8, vibe float8
) RETURNS ml.rul_lite_state
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_powers CONSTANT integer := 64;
    v_power text;
    v_life float8 := ops.setting_float('ml.rul_lite_life');
    v_now timestamptz;
    v_was ml.rul_lite_state;
    v_is ml.rul_lite_state;
    v_run record;
    v_bad text;
BEGIN
    SELECT m.name INTO v_bad
    FROM (VALUES (1, 'x', x), (2, 'y', y), (3, 'z', z), (4, 'vibe', vibe)) AS m (place, name, value)
    WHERE m.value IS NOT NULL AND ops.carried(m.value) IS NULL
    ORDER BY m.place LIMIT 1;
    IF equipment_id IS NULL OR length(equipment_id) NOT BETWEEN 1 AND 64 THEN
        PERFORM alarm.refuse('MW422', 'equipment_id', 'equipment_id must have 1 to 64 characters');
    ELSIF length(power) NOT BETWEEN 1 AND 64 THEN
        PERFORM alarm.refuse('MW422', 'power', 'power must have 1 to 64 characters');
    ELSIF v_bad IS NOT NULL THEN
        PERFORM alarm.refuse('MW422', v_bad, format('%s must be a number of at most 1e100', v_bad));
    ELSIF num_nonnulls(x, y, z, vibe) = 0 THEN
        PERFORM alarm.refuse('MW422', 'vibe', 'one of x, y, z and vibe must be given');
    END IF;
    IF NOT EXISTS (SELECT FROM plant.equipment AS e WHERE e.id = tick_rul_lite.equipment_id) THEN
        IF ops.setting_text('ingest.unknown_equipment') <> 'register' THEN
            PERFORM alarm.refuse('MW404', 'equipment_id', format('there is no equipment "%s"', equipment_id));
        END IF;
        PERFORM plant.discover(ARRAY[equipment_id], '{}', '{}', '{}');
    END IF;
    v_power := ml.rul_lite_power(equipment_id, power);
    IF (SELECT count(*) FROM ml.rul_lite_state AS s
        WHERE s.equipment_id = tick_rul_lite.equipment_id AND s.power <> v_power) >= c_powers THEN
        PERFORM alarm.refuse('MW422', 'power', format('a machine has at most %s powers', c_powers));
    END IF;
    INSERT INTO ml.rul_lite_state AS s (equipment_id, power, time, units, ceiling)
    VALUES (equipment_id, v_power, clock_timestamp(), v_life, v_life)
    ON CONFLICT DO NOTHING;
    SELECT s.* INTO STRICT v_was FROM ml.rul_lite_state AS s
    WHERE s.equipment_id = tick_rul_lite.equipment_id AND s.power = v_power
    FOR UPDATE;
    -- the setting may be another than when this life began
    v_was.units := least(v_was.units, v_life);
    v_was.ceiling := least(v_was.ceiling, v_life);
    -- after the lock, so that ticks are in the order of their times
    v_now := clock_timestamp();
    v_was.x := ops.carried(x);
    v_was.y := ops.carried(y);
    v_was.z := ops.carried(z);
    v_was.vibe := ops.carried(vibe);
    SELECT r.state, r.told INTO STRICT v_run
    FROM ml.rul_lite_run(v_was, ARRAY[v_now], ARRAY[
        ml.rul_lite_ratio(equipment_id, v_power, v_was.x, v_was.y, v_was.z, v_was.vibe)]) AS r;
    v_is := v_run.state;
    UPDATE ml.rul_lite_state AS s SET
        time = v_is.time, units = v_is.units, ceiling = v_is.ceiling, is_on = v_is.is_on, above = v_is.above,
        below = v_is.below, calm = v_is.calm, ratio = v_is.ratio, step_decay = v_is.step_decay,
        step_recover = v_is.step_recover, recorded_at = v_is.recorded_at, x = v_is.x, y = v_is.y, z = v_is.z,
        vibe = v_is.vibe
    WHERE s.equipment_id = tick_rul_lite.equipment_id AND s.power = v_power;
    PERFORM ml.tell_rul_lite(v_run.told);
    RETURN v_is;
END
$$;
COMMENT ON FUNCTION ml.tick_rul_lite(text, text, float8, float8, float8, float8) IS
    'One reading of a machine for RUL-lite: x, y, z are the currents, vibe the vibration, in the units of the '
    'thresholds (ml.rul_lite_threshold); power auto is the last. Returns the state afterwards. Now and then (setting '
    'ml.rul_lite_every), and when its alarm changes, what is left is stored as an estimate (ml.record_rul). MW422: a '
    'member. MW404: the equipment, where the setting ingest.unknown_equipment does not register it.';
REVOKE ALL ON FUNCTION ml.tick_rul_lite(text, text, float8, float8, float8, float8) FROM PUBLIC;
