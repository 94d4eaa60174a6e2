CREATE OR REPLACE FUNCTION alarm.assign_waiting() RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_machines text[];
BEGIN
    IF NOT EXISTS (SELECT FROM alarm.unassigned) OR NOT ops.try_lock('alarm.assign') THEN
        RETURN 0;
    END IF;
    WITH taken AS (
        DELETE FROM alarm.unassigned AS u
        -- somebody registers more of it at this moment: in a second
        WHERE u.equipment_id IN (SELECT x.equipment_id FROM alarm.unassigned AS x
                                 ORDER BY x.equipment_id FOR UPDATE SKIP LOCKED)
        RETURNING u.equipment_id
    )
    SELECT array_agg(t.equipment_id) INTO v_machines FROM taken AS t;
    PERFORM alarm.assign_new(v_machines);
    RETURN coalesce(cardinality(v_machines), 0);
END
$$;
COMMENT ON FUNCTION alarm.assign_waiting() IS
    'Assigns what alarm.assign_new had to leave; returns how many machines. Part of alarm.tick.';
REVOKE ALL ON FUNCTION alarm.assign_waiting() FROM PUBLIC;
