CREATE OR REPLACE FUNCTION api.sensor_json(p_sensor plant.sensor) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT to_jsonb(p_sensor) || jsonb_build_object(
        'created_at', api.iso(p_sensor.created_at), 'updated_at', api.iso(p_sensor.updated_at))
$$;
COMMENT ON FUNCTION api.sensor_json(plant.sensor) IS 'A sensor as clients see it: every column, times in UTC.';
REVOKE ALL ON FUNCTION api.sensor_json(plant.sensor) FROM PUBLIC;
