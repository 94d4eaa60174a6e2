CREATE OR REPLACE FUNCTION api.get_equipment(id text) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.equipment_json(e) FROM plant.equipment AS e WHERE e.id = get_equipment.id
$$;
COMMENT ON FUNCTION api.get_equipment(text) IS 'One equipment.';
REVOKE ALL ON FUNCTION api.get_equipment(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.get_equipment(text) TO viewer;
