CREATE OR REPLACE FUNCTION alarm.plant_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_TABLE_NAME = 'sensor' THEN
        PERFORM alarm.assign_sensors(array_agg(n.id))
        FROM new_rows AS n JOIN old_rows AS o ON o.id = n.id
        WHERE (n.name, n.type, n.location, n.tags, n.status, n.unit) IS DISTINCT FROM (o.name, o.type, o.location, o.tags, o.status, o.unit)
        HAVING count(*) > 0;
    ELSE
        PERFORM alarm.assign_sensors(array_agg(s.id))
        FROM new_rows AS n JOIN old_rows AS o ON o.id = n.id
        JOIN plant.sensor AS s ON s.equipment_id = n.id
        WHERE (n.type, n.location, n.tags, n.status, n.specifications) IS DISTINCT FROM (o.type, o.location, o.tags, o.status, o.specifications)
        HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION alarm.plant_changed() IS
    'Trigger: a sensor or machine that is described anew gets the rules that now select it. (New sensors: plant.prepare_sensors.)';
REVOKE ALL ON FUNCTION alarm.plant_changed() FROM PUBLIC;
CREATE OR REPLACE TRIGGER alarm_sensor_changed AFTER UPDATE ON plant.sensor
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION alarm.plant_changed();
CREATE OR REPLACE TRIGGER alarm_equipment_changed AFTER UPDATE ON plant.equipment
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION alarm.plant_changed();
