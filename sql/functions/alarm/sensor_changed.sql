CREATE OR REPLACE FUNCTION alarm.sensor_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- with its neighbours: a rule on two signals of a machine depends on both
    IF TG_OP = 'DELETE' THEN
        PERFORM alarm.assign(NULL, array_agg(o.id) || alarm.sensors_of(array_agg(o.equipment_id)))
        FROM old_rows AS o
        HAVING count(*) > 0;
    ELSE
        PERFORM alarm.assign(NULL, alarm.sensors_of(array_agg(o.equipment_id) || array_agg(n.equipment_id)))
        FROM new_rows AS n JOIN old_rows AS o ON o.id = n.id
        WHERE (n.equipment_id, n.name, n.type, n.location, n.tags, n.status, n.unit)
            IS DISTINCT FROM (o.equipment_id, o.name, o.type, o.location, o.tags, o.status, o.unit)
        HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION alarm.sensor_changed() IS
    'Trigger: a sensor that is described anew gets the rules that now select it, one that is removed loses them. (New '
    'sensors: plant.prepare_sensors.)';
REVOKE ALL ON FUNCTION alarm.sensor_changed() FROM PUBLIC;
CREATE OR REPLACE TRIGGER alarm_sensor_changed AFTER UPDATE ON plant.sensor
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION alarm.sensor_changed();
CREATE OR REPLACE TRIGGER alarm_sensor_removed AFTER DELETE ON plant.sensor
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION alarm.sensor_changed();
