CREATE OR REPLACE FUNCTION api.update_channel(id integer, body jsonb) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.save_channel(id, api.check_body(body, 'ChannelUpdate'))
$$;
COMMENT ON FUNCTION api.update_channel(integer, jsonb) IS 'Changes the members that the body names and keeps the rest.';
REVOKE ALL ON FUNCTION api.update_channel(integer, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.update_channel(integer, jsonb) TO admin;
