CREATE OR REPLACE FUNCTION api.replace_equipment(id text, body jsonb) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.change_equipment(id, api.check_body(body, 'EquipmentCreate'), true)
$$;
COMMENT ON FUNCTION api.replace_equipment(text, jsonb) IS
    'Replaces an equipment: members left out get their defaults. To change some members only, use PATCH.';
REVOKE ALL ON FUNCTION api.replace_equipment(text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.replace_equipment(text, jsonb) TO engineer;
