CREATE OR REPLACE FUNCTION alarm.equipment_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM alarm.assign(NULL, coalesce(array_agg(s.id) FILTER (WHERE s.id IS NOT NULL), '{}'), array_agg(DISTINCT n.id))
    FROM new_rows AS n JOIN old_rows AS o ON o.id = n.id
    LEFT JOIN plant.sensor AS s ON s.equipment_id = n.id
    WHERE (n.type, n.location, n.tags, n.status, n.specifications) IS DISTINCT FROM (o.type, o.location, o.tags, o.status, o.specifications)
    HAVING count(*) > 0;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION alarm.equipment_changed() IS
    'Trigger: a machine that is described anew, and its sensors, get the rules that now select them.';
REVOKE ALL ON FUNCTION alarm.equipment_changed() FROM PUBLIC;
CREATE OR REPLACE TRIGGER alarm_equipment_changed AFTER UPDATE ON plant.equipment
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION alarm.equipment_changed();
