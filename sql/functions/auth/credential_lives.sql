CREATE OR REPLACE FUNCTION auth.credential_lives(p_account bigint, p_session uuid, p_api_key uuid, p_role text) RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN p_api_key IS NOT NULL THEN EXISTS (
            SELECT FROM auth.api_key AS k JOIN auth.account AS a ON a.id = k.account_id
            WHERE k.id = p_api_key AND k.account_id = p_account AND k.revoked_at IS NULL
                AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp())
                AND k.role = p_role AND auth.role_rank(k.role) <= auth.role_rank(a.role))
        ELSE EXISTS (
            SELECT FROM auth.session AS s
            WHERE s.id = p_session AND s.account_id = p_account AND s.revoked_at IS NULL AND s.expires_at > clock_timestamp()) END
$$;
COMMENT ON FUNCTION auth.credential_lives(bigint, uuid, uuid, text) IS
    'Whether an API key, or else a session, of an account still opens anything: neither ended nor expired, and a key within its owner''s role.';
REVOKE ALL ON FUNCTION auth.credential_lives(bigint, uuid, uuid, text) FROM PUBLIC;
