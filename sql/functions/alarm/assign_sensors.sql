CREATE OR REPLACE FUNCTION alarm.assign_sensors(sensors integer[]) RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN cardinality(sensors) > 0 THEN alarm.assign(NULL, sensors) ELSE 0 END
$$;
COMMENT ON FUNCTION alarm.assign_sensors(integer[]) IS
    'Gives sensors (plant.sensor.id) the rules that select them. Called when sensors are registered or described anew; '
    'safe to repeat.';
REVOKE ALL ON FUNCTION alarm.assign_sensors(integer[]) FROM PUBLIC;
