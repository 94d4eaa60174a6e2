CREATE OR REPLACE FUNCTION api.api_key_json(p_key auth.api_key) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object('id', p_key.id, 'user_id', p_key.account_id, 'name', p_key.name, 'prefix', p_key.prefix, 'role', p_key.role,
        'created_at', api.iso(p_key.created_at), 'expires_at', api.iso(p_key.expires_at),
        'last_used_at', api.iso(p_key.last_used_at), 'revoked_at', api.iso(p_key.revoked_at),
        'revoked_reason', p_key.revoked_reason, 'parent_id', p_key.parent_id)
$$;
COMMENT ON FUNCTION api.api_key_json(auth.api_key) IS 'An API key as clients see it: never the key itself.';
REVOKE ALL ON FUNCTION api.api_key_json(auth.api_key) FROM PUBLIC;
