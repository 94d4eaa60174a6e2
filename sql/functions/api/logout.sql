CREATE OR REPLACE FUNCTION api.logout(everywhere boolean DEFAULT false) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF everywhere THEN
        PERFORM auth.end_sessions(auth.account_id(), 'logout');
    ELSE
        UPDATE auth.session SET revoked_at = now(), revoked_reason = 'logout'
        WHERE id = auth.request_member('session_id')::uuid AND revoked_at IS NULL;
    END IF;
    PERFORM auth.audit('session.logout', 'user', auth.account_id()::text, NULL, jsonb_build_object('everywhere', everywhere));
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION api.logout(boolean) IS 'Ends this session, or all sessions of the account. Its tokens stop working at once.';
REVOKE ALL ON FUNCTION api.logout(boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.logout(boolean) TO viewer;
