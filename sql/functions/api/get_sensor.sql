CREATE OR REPLACE FUNCTION api.get_sensor(id integer) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.sensor_json(s) FROM plant.sensor AS s WHERE s.id = get_sensor.id
$$;
COMMENT ON FUNCTION api.get_sensor(integer) IS 'One sensor.';
REVOKE ALL ON FUNCTION api.get_sensor(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.get_sensor(integer) TO viewer;
