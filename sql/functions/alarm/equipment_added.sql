CREATE OR REPLACE FUNCTION alarm.equipment_added() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM alarm.assign_new(array_agg(n.id)) FROM new_rows AS n HAVING count(*) > 0;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION alarm.equipment_added() IS
    'Trigger: rules that judge whole machines (model verdict, RUL, expression) know a new one before it has a sensor, '
    'or if it never has one.';
REVOKE ALL ON FUNCTION alarm.equipment_added() FROM PUBLIC;
CREATE OR REPLACE TRIGGER alarm_equipment_added AFTER INSERT ON plant.equipment
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION alarm.equipment_added();
