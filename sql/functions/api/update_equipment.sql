CREATE OR REPLACE FUNCTION api.update_equipment(id text, body jsonb) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.change_equipment(id, api.check_body(body, 'EquipmentUpdate'))
$$;
COMMENT ON FUNCTION api.update_equipment(text, jsonb) IS 'Changes the members that the body names (RFC 7396: null empties a member) and keeps the rest.';
REVOKE ALL ON FUNCTION api.update_equipment(text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.update_equipment(text, jsonb) TO engineer;
