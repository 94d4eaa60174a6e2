CREATE OR REPLACE FUNCTION api.delete_equipment(id text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_old plant.equipment;
BEGIN
    SELECT e.* INTO v_old FROM plant.equipment AS e WHERE e.id = delete_equipment.id FOR UPDATE;
    IF v_old.id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = format('there is no equipment %s', delete_equipment.id);
    ELSIF EXISTS (SELECT FROM plant.sensor AS s JOIN telemetry.reading AS r ON r.sensor_id = s.id WHERE s.equipment_id = v_old.id)
        OR EXISTS (SELECT FROM plant.sensor AS s JOIN ingest.backlog AS b ON b.sensor_id = s.id WHERE s.equipment_id = v_old.id) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW409', MESSAGE = format('equipment %s has measured values', v_old.id),
            HINT = 'Set its status to retired: its history stays and it raises no alarms.';
    END IF;
    DELETE FROM plant.sensor AS s WHERE s.equipment_id = v_old.id;
    DELETE FROM plant.equipment AS e WHERE e.id = v_old.id;
    PERFORM auth.audit('equipment.delete', 'equipment', v_old.id, api.equipment_json(v_old), NULL);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION api.delete_equipment(text) IS
    'Deletes an equipment and its sensors if nothing was ever measured (409 otherwise: retire it).';
REVOKE ALL ON FUNCTION api.delete_equipment(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.delete_equipment(text) TO engineer;
