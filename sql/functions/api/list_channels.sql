CREATE OR REPLACE FUNCTION api.list_channels() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object('items', coalesce(jsonb_agg(api.channel_json(c) ORDER BY c.id), '[]'), 'total', count(*), 'next_cursor', NULL)
    FROM relay.channel AS c
$$;
COMMENT ON FUNCTION api.list_channels() IS 'Where notifications can be sent besides WebSocket clients.';
REVOKE ALL ON FUNCTION api.list_channels() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_channels() TO engineer;
