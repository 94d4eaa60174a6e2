CREATE OR REPLACE FUNCTION api.logout(everywhere boolean DEFAULT false) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF auth.request_member('api_key_id') IS NOT NULL THEN
        -- a key that was found must not put its owner out
        RAISE EXCEPTION USING ERRCODE = 'MW403', MESSAGE = 'an API key has no session to end', HINT = 'Revoke the key instead.';
    ELSIF everywhere THEN
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
