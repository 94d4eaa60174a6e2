CREATE OR REPLACE FUNCTION api.check_sensor_range(p_sensor plant.sensor) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF p_sensor.range_min >= p_sensor.range_max THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'range_max', MESSAGE = 'range_max must be greater than range_min';
    ELSIF p_sensor.plausible_min >= p_sensor.plausible_max THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'plausible_max', MESSAGE = 'plausible_max must be greater than plausible_min';
    END IF;
END
$$;
COMMENT ON FUNCTION api.check_sensor_range(plant.sensor) IS 'MW422 where a range of a sensor is empty. Called by api.create_sensor and api.update_sensor.';
REVOKE ALL ON FUNCTION api.check_sensor_range(plant.sensor) FROM PUBLIC;
