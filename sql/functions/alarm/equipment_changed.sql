CREATE OR REPLACE FUNCTION alarm.equipment_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_machines text[];
BEGIN
    IF TG_OP = 'DELETE' THEN
        SELECT array_agg(o.id) INTO v_machines FROM old_rows AS o;
    ELSE
        -- renamed ones under both names
        SELECT array_agg(DISTINCT x.id) INTO v_machines
        FROM (
            (SELECT o.id, o.type, o.location, o.tags, o.status, o.specifications FROM old_rows AS o
             EXCEPT
             SELECT n.id, n.type, n.location, n.tags, n.status, n.specifications FROM new_rows AS n)
            UNION ALL
            (SELECT n.id, n.type, n.location, n.tags, n.status, n.specifications FROM new_rows AS n
             EXCEPT
             SELECT o.id, o.type, o.location, o.tags, o.status, o.specifications FROM old_rows AS o)
        ) AS x;
    END IF;
    IF v_machines IS NOT NULL THEN
        PERFORM alarm.assign(NULL, alarm.sensors_of(v_machines), v_machines);
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION alarm.equipment_changed() IS
    'Trigger: a machine that is described anew, renamed or removed, and its sensors, get the rules that now select '
    'them.';
REVOKE ALL ON FUNCTION alarm.equipment_changed() FROM PUBLIC;
CREATE OR REPLACE TRIGGER alarm_equipment_changed AFTER UPDATE ON plant.equipment
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION alarm.equipment_changed();
CREATE OR REPLACE TRIGGER alarm_equipment_removed AFTER DELETE ON plant.equipment
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION alarm.equipment_changed();
