CREATE OR REPLACE FUNCTION api.put_equipment(id text, body jsonb) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.change_equipment(id, api.check_body(body, 'EquipmentUpdate'))
$$;
COMMENT ON FUNCTION api.put_equipment(text, jsonb) IS
    'Changes the members that the body names and keeps the rest, as PATCH does: existing clients send only what '
    'changes. '
    'null empties a member.';
REVOKE ALL ON FUNCTION api.put_equipment(text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.put_equipment(text, jsonb) TO engineer;
