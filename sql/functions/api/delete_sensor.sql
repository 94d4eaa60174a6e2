CREATE OR REPLACE FUNCTION api.delete_sensor(id integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_old plant.sensor;
BEGIN
    SELECT s.* INTO v_old FROM plant.sensor AS s WHERE s.id = delete_sensor.id FOR UPDATE;
    IF v_old.id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = format('there is no sensor %s', delete_sensor.id);
    ELSIF EXISTS (SELECT FROM telemetry.reading AS r WHERE r.sensor_id = v_old.id)
        OR EXISTS (SELECT FROM ingest.backlog AS b WHERE b.sensor_id = v_old.id) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW409', MESSAGE = format('sensor %s has measured values', v_old.id),
            HINT = 'Set its status to retired.';
    END IF;
    DELETE FROM plant.sensor AS s WHERE s.id = v_old.id;
    PERFORM auth.audit('sensor.delete', 'sensor', v_old.id::text, api.sensor_json(v_old), NULL);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION api.delete_sensor(integer) IS 'Deletes a sensor that never measured anything (409 otherwise: retire it).';
REVOKE ALL ON FUNCTION api.delete_sensor(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.delete_sensor(integer) TO engineer;
