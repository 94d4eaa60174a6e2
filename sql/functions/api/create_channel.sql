CREATE OR REPLACE FUNCTION api.create_channel(body jsonb) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.save_channel(NULL, api.check_body(body, 'ChannelCreate'))
$$;
COMMENT ON FUNCTION api.create_channel(jsonb) IS
    'Adds a channel for notifications. A target env:NAME takes the address from thin''s environment, so that no secret stands in the database.';
REVOKE ALL ON FUNCTION api.create_channel(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.create_channel(jsonb) TO admin;
