CREATE OR REPLACE FUNCTION auth.account_json(p_account auth.account) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object(
        'id', p_account.id, 'username', p_account.username, 'email', p_account.email, 'full_name', p_account.full_name,
        'role', p_account.role, 'is_active', p_account.is_active, 'created_at', api.iso(p_account.created_at),
        'updated_at', api.iso(p_account.updated_at),
        'last_login_at', api.iso(p_account.last_login_at))
$$;
COMMENT ON FUNCTION auth.account_json(auth.account) IS 'An account as clients and the audit trail see it: everything but the password''s hash.';
REVOKE ALL ON FUNCTION auth.account_json(auth.account) FROM PUBLIC;
