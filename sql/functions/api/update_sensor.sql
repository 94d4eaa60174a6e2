CREATE OR REPLACE FUNCTION api.update_sensor(id integer, body jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    v_members jsonb := api.check_body(body, 'SensorUpdate');
    v_old plant.sensor;
    v_new plant.sensor;
BEGIN
    SELECT s.* INTO v_old FROM plant.sensor AS s WHERE s.id = update_sensor.id FOR UPDATE;
    IF v_old.id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = format('there is no sensor %s', update_sensor.id);
    END IF;
    v_new := jsonb_populate_record(v_old, v_members);
    PERFORM api.check_sensor_range(v_new);
    IF (v_members ->> 'relabel')::boolean THEN
        PERFORM plant.relabel_unit(v_old.id, v_new.unit);
    END IF;
    BEGIN
        UPDATE plant.sensor AS s SET
            name = v_new.name, type = v_new.type, unit = v_new.unit, location = v_new.location, sampling_rate = v_new.sampling_rate,
            range_min = v_new.range_min, range_max = v_new.range_max,
            plausible_min = v_new.plausible_min, plausible_max = v_new.plausible_max, accuracy = v_new.accuracy,
            calibration_date = v_new.calibration_date, calibration_due = v_new.calibration_due, calibration = v_new.calibration,
            status = v_new.status, description = v_new.description, tags = v_new.tags
        WHERE s.id = v_old.id RETURNING s.* INTO v_new;
    EXCEPTION WHEN unique_violation THEN
        RAISE EXCEPTION USING ERRCODE = 'MW409', COLUMN = 'name',
            MESSAGE = format('equipment %s has a sensor %s', v_new.equipment_id, v_new.name);
    END;
    PERFORM auth.audit('sensor.update', 'sensor', v_new.id::text, api.sensor_json(v_old), api.sensor_json(v_new));
    RETURN api.sensor_json(v_new);
END
$$;
COMMENT ON FUNCTION api.update_sensor(integer, jsonb) IS
    'Changes the members that the body names and keeps the rest. equipment_id cannot be changed: the measured values belong to it. Nor can the unit of a sensor that has values (MW409), unless relabel says that they always were in the new one.';
REVOKE ALL ON FUNCTION api.update_sensor(integer, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.update_sensor(integer, jsonb) TO engineer;
