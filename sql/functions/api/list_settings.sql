CREATE OR REPLACE FUNCTION api.list_settings() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object('items', coalesce(jsonb_agg(api.setting_json(s) ORDER BY s.name), '[]'),
        'total', count(*), 'next_cursor', NULL)
    FROM ops.setting AS s
$$;
COMMENT ON FUNCTION api.list_settings() IS 'Every adjustable number and choice of the product, with what it may be.';
REVOKE ALL ON FUNCTION api.list_settings() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_settings() TO admin;
