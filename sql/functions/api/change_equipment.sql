CREATE OR REPLACE FUNCTION api.change_equipment(p_id text, p_members jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    v_old plant.equipment;
    v_new plant.equipment;
BEGIN
    SELECT * INTO v_old FROM plant.equipment WHERE id = p_id FOR UPDATE;
    IF v_old.id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = format('there is no equipment %s', p_id);
    ELSIF p_members ->> 'id' <> p_id THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'id', MESSAGE = 'id cannot be changed',
            HINT = 'Topics and history carry it. Add a new equipment and retire this one.';
    END IF;
    v_new := jsonb_populate_record(v_old, p_members);
    UPDATE plant.equipment SET
        name = v_new.name, type = v_new.type, category = v_new.category, location = v_new.location,
        manufacturer = v_new.manufacturer, model = v_new.model, serial_number = v_new.serial_number,
        installation_date = v_new.installation_date, warranty_expiry = v_new.warranty_expiry,
        last_maintenance = v_new.last_maintenance, next_maintenance = v_new.next_maintenance, status = v_new.status,
        description = v_new.description, specifications = v_new.specifications, tags = v_new.tags,
        operating_hours = v_new.operating_hours, max_operating_hours = v_new.max_operating_hours,
        criticality = v_new.criticality
    WHERE id = p_id RETURNING * INTO v_new;
    PERFORM auth.audit('equipment.update', 'equipment', p_id, api.equipment_json(v_old), api.equipment_json(v_new));
    RETURN api.equipment_json(v_new);
END
$$;
COMMENT ON FUNCTION api.change_equipment(text, jsonb) IS
    'Writes checked members over an equipment. MW404; MW422 for another id. Called by api.put_equipment and '
    'api.update_equipment.';
REVOKE ALL ON FUNCTION api.change_equipment(text, jsonb) FROM PUBLIC;
