CREATE OR REPLACE FUNCTION api.equipment_json(p_equipment plant.equipment) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT to_jsonb(p_equipment) || jsonb_build_object(
        'last_maintenance', api.iso(p_equipment.last_maintenance), 'next_maintenance', api.iso(p_equipment.next_maintenance),
        'created_at', api.iso(p_equipment.created_at), 'updated_at', api.iso(p_equipment.updated_at),
        'clock_offset', (SELECT round(extract(epoch FROM c.clock_offset), 3) FROM telemetry.clock AS c WHERE c.equipment_id = p_equipment.id))
$$;
COMMENT ON FUNCTION api.equipment_json(plant.equipment) IS 'An equipment as clients see it: every column, times in UTC, and how far its clock is ahead.';
REVOKE ALL ON FUNCTION api.equipment_json(plant.equipment) FROM PUBLIC;
