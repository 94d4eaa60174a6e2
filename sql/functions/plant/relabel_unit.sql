CREATE OR REPLACE FUNCTION plant.relabel_unit(p_sensor integer, p_unit text) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_old plant.sensor;
    v_new plant.sensor;
BEGIN
    SELECT s.* INTO v_old FROM plant.sensor AS s WHERE s.id = p_sensor FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = format('there is no sensor %s', p_sensor);
    END IF;
    PERFORM set_config('millwright.relabel', p_sensor::text, true);
    UPDATE plant.sensor AS s SET unit = p_unit WHERE s.id = p_sensor RETURNING s.* INTO v_new;
    PERFORM set_config('millwright.relabel', '', true);
    PERFORM auth.audit('sensor.relabel', 'sensor', p_sensor::text, jsonb_build_object('unit', v_old.unit), jsonb_build_object('unit', v_new.unit));
END
$$;
COMMENT ON FUNCTION plant.relabel_unit(integer, text) IS
    'Corrects the unit of a sensor whose values always were in the new one: none of them changes. Limits of rules, ranges and baselines stay as numbers, too. Audited. Called by api.update_sensor.';
REVOKE ALL ON FUNCTION plant.relabel_unit(integer, text) FROM PUBLIC;
