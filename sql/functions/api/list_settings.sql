CREATE OR REPLACE FUNCTION api.list_settings() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object('items', coalesce(jsonb_agg(jsonb_build_object('name', s.name, 'value', s.value, 'unit', s.unit,
        'description', s.description, 'updated_at', api.iso(s.updated_at), 'updated_by', s.updated_by) ORDER BY s.name), '[]'),
        'total', count(*), 'next_cursor', NULL)
    FROM ops.setting AS s
$$;
COMMENT ON FUNCTION api.list_settings() IS 'Every adjustable number and choice of the product.';
REVOKE ALL ON FUNCTION api.list_settings() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_settings() TO admin;
