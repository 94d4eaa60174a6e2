CREATE OR REPLACE FUNCTION api.list_api_keys() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object('items', coalesce(jsonb_agg(api.api_key_json(k) ORDER BY k.created_at, k.id), '[]'), 'total', count(*),
        'next_cursor', NULL)
    FROM auth.api_key AS k
    WHERE k.account_id = auth.account_id() OR auth.caller_is('admin')
$$;
COMMENT ON FUNCTION api.list_api_keys() IS 'The caller''s API keys; an administrator sees everybody''s.';
REVOKE ALL ON FUNCTION api.list_api_keys() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_api_keys() TO viewer;
