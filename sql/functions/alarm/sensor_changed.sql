CREATE OR REPLACE FUNCTION alarm.sensor_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM alarm.assign_sensors(array_agg(n.id))
    FROM new_rows AS n JOIN old_rows AS o ON o.id = n.id
    WHERE (n.name, n.type, n.location, n.tags, n.status, n.unit) IS DISTINCT FROM (o.name, o.type, o.location, o.tags, o.status, o.unit)
    HAVING count(*) > 0;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION alarm.sensor_changed() IS
    'Trigger: a sensor that is described anew gets the rules that now select it. (New sensors: plant.prepare_sensors.)';
REVOKE ALL ON FUNCTION alarm.sensor_changed() FROM PUBLIC;
CREATE OR REPLACE TRIGGER alarm_sensor_changed AFTER UPDATE ON plant.sensor
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION alarm.sensor_changed();
