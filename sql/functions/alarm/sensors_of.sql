CREATE OR REPLACE FUNCTION alarm.sensors_of(machines text[]) RETURNS integer[]
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(array_agg(s.id ORDER BY s.id), '{}') FROM plant.sensor AS s WHERE s.equipment_id = ANY (machines)
$$;
COMMENT ON FUNCTION alarm.sensors_of(text[]) IS
    'The sensors (plant.sensor.id) of machines; {} for none. For alarm.assign.';
REVOKE ALL ON FUNCTION alarm.sensors_of(text[]) FROM PUBLIC;
