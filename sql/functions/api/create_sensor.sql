CREATE OR REPLACE FUNCTION api.create_sensor(body jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    c_defaults CONSTANT jsonb := jsonb '{"type": "unknown", "status": "active", "calibration": {}, "tags": []}';
    v_new plant.sensor;
BEGIN
    v_new := jsonb_populate_record(NULL::plant.sensor, c_defaults || api.check_body(body, 'SensorCreate'));
    BEGIN
        INSERT INTO plant.sensor (equipment_id, name, type, unit, location, sampling_rate, range_min, range_max, plausible_min,
            plausible_max, accuracy,
            calibration_date, calibration_due, calibration, status, description, tags)
        VALUES (v_new.equipment_id, v_new.name, v_new.type, v_new.unit, v_new.location, v_new.sampling_rate, v_new.range_min,
            v_new.range_max, v_new.plausible_min, v_new.plausible_max, v_new.accuracy, v_new.calibration_date, v_new.calibration_due, v_new.calibration, v_new.status,
            v_new.description, v_new.tags)
        RETURNING * INTO v_new;
    EXCEPTION
        WHEN unique_violation THEN
            RAISE EXCEPTION USING ERRCODE = 'MW409', COLUMN = 'name',
                MESSAGE = format('equipment %s has a sensor %s', v_new.equipment_id, v_new.name);
        WHEN foreign_key_violation THEN
            RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'equipment_id',
                MESSAGE = format('there is no equipment %s', v_new.equipment_id);
        WHEN check_violation THEN
            PERFORM api.check_sensor_range(v_new);
            RAISE;
    END;
    PERFORM auth.audit('sensor.create', 'sensor', v_new.id::text, NULL, api.sensor_json(v_new));
    RETURN api.sensor_json(v_new);
END
$$;
COMMENT ON FUNCTION api.create_sensor(jsonb) IS 'Adds a sensor to an equipment. Its name is what the topic''s last level or the payload''s member says.';
REVOKE ALL ON FUNCTION api.create_sensor(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.create_sensor(jsonb) TO engineer;
