CREATE OR REPLACE FUNCTION api.create_equipment(body jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    v_new plant.equipment;
BEGIN
    v_new := jsonb_populate_record(NULL::plant.equipment, api.equipment_defaults() || api.check_body(body, 'EquipmentCreate'));
    v_new.id := coalesce(v_new.id, 'eq-' || encode(public.gen_random_bytes(6), 'hex'));
    v_new.created_at := now();
    v_new.updated_at := now();
    BEGIN
        INSERT INTO plant.equipment SELECT v_new.* RETURNING * INTO v_new;
    EXCEPTION WHEN unique_violation THEN
        RAISE EXCEPTION USING ERRCODE = 'MW409', COLUMN = 'id', MESSAGE = format('equipment %s exists', v_new.id);
    END;
    PERFORM auth.audit('equipment.create', 'equipment', v_new.id, NULL, api.equipment_json(v_new));
    RETURN api.equipment_json(v_new);
END
$$;
COMMENT ON FUNCTION api.create_equipment(jsonb) IS
    'Adds an equipment. Its id is what MQTT topics carry; without one an id is made up.';
REVOKE ALL ON FUNCTION api.create_equipment(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.create_equipment(jsonb) TO engineer;
