CREATE OR REPLACE FUNCTION api.refresh_token(refresh_token text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_token auth.refresh_token;
    v_session auth.session;
    v_account auth.account;
BEGIN
    SELECT t.* INTO v_token FROM auth.refresh_token AS t
    WHERE t.token_hash = auth.hash_secret(refresh_token.refresh_token) FOR UPDATE;
    SELECT s.* INTO v_session FROM auth.session AS s WHERE s.id = v_token.session_id FOR UPDATE;
    SELECT a.* INTO v_account FROM auth.account AS a WHERE a.id = v_session.account_id;
    IF v_session.id IS NULL OR v_session.revoked_at IS NOT NULL OR v_session.expires_at <= now() OR NOT v_account.is_active THEN
        RAISE EXCEPTION USING ERRCODE = 'MW401', MESSAGE = 'the refresh token is not valid', HINT = 'Log in again.';
    END IF;
    IF v_token.used_at IS NOT NULL THEN
        UPDATE auth.session SET revoked_at = now(), revoked_reason = 'refresh_token_reused' WHERE id = v_session.id;
        PERFORM auth.audit('session.refresh_token_reused', 'user', v_account.id::text, NULL,
            jsonb_build_object('session_id', v_session.id));
        RETURN auth.refusal('MW401', 'the refresh token was used before: the session has ended', NULL, 'Log in again.');
    END IF;
    UPDATE auth.refresh_token AS t SET used_at = now() WHERE t.token_hash = v_token.token_hash;
    RETURN auth.token_response(v_session.id, v_account);
END
$$;
COMMENT ON FUNCTION api.refresh_token(text) IS
    'New access and refresh tokens for a session. Each refresh token works once; a second use ends the session, because one of the two users stole it.';
REVOKE ALL ON FUNCTION api.refresh_token(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.refresh_token(text) TO anonymous, viewer;
