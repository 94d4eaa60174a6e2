CREATE OR REPLACE FUNCTION auth.end_sessions(account bigint, reason text, except_session uuid DEFAULT NULL) RETURNS integer
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH ended AS (
        UPDATE auth.session SET revoked_at = now(), revoked_reason = reason
        WHERE account_id = account AND revoked_at IS NULL AND id IS DISTINCT FROM except_session
        RETURNING id
    )
    SELECT count(*)::integer FROM ended
$$;
COMMENT ON FUNCTION auth.end_sessions(bigint, text, uuid) IS
    'Revokes the open sessions of an account, but one if it is given. Their access tokens stop working at once. Returns how many.';
REVOKE ALL ON FUNCTION auth.end_sessions(bigint, text, uuid) FROM PUBLIC;
