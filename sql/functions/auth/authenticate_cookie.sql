CREATE OR REPLACE FUNCTION auth.authenticate_cookie(cookie text, csrf_token text, method text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_use_resolution CONSTANT interval := INTERVAL '1 minute';
    c_reading CONSTANT text[] := ARRAY['GET', 'HEAD'];
    v_session auth.session;
    v_account auth.account;
BEGIN
    SELECT s.* INTO v_session FROM auth.session AS s WHERE s.cookie_hash = auth.hash_secret(authenticate_cookie.cookie);
    IF v_session.id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW401', MESSAGE = 'the session has ended', HINT = 'Log in again.';
    END IF;
    SELECT a.* INTO STRICT v_account FROM auth.account AS a WHERE a.id = v_session.account_id;
    -- revoked, expired, not active
    PERFORM auth.begin_request(jsonb_build_object('user_id', v_account.id, 'session_id', v_session.id, 'role', v_account.role));
    IF v_session.refreshed_at < clock_timestamp() - ops.setting_interval('auth.browser_session_idle') THEN
        RAISE EXCEPTION USING ERRCODE = 'MW401', MESSAGE = 'the session was not used for too long', HINT = 'Log in again.';
    END IF;
    IF method <> ALL (c_reading) AND csrf_token IS DISTINCT FROM auth.csrf_token(v_session.cookie_hash) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW470', COLUMN = 'X-CSRF-Token',
            MESSAGE = CASE WHEN csrf_token IS NULL THEN 'the CSRF token is missing' ELSE 'the CSRF token is not this session''s' END,
            HINT = 'GET /api/v1/auth/session answers with it.';
    END IF;
    IF v_session.refreshed_at < clock_timestamp() - c_use_resolution THEN
        UPDATE auth.session SET refreshed_at = clock_timestamp() WHERE id = v_session.id AND revoked_at IS NULL;
    END IF;
    RETURN jsonb_build_object('user_id', v_account.id, 'session_id', v_session.id, 'role', v_account.role,
        'username', v_account.username);
END
$$;
COMMENT ON FUNCTION auth.authenticate_cookie(text, text, text) IS
    'Turns a browser''s session cookie (mws_…) into {user_id, session_id, role, username} for auth.begin_request. MW401: unknown, ended, expired, or not used for auth.browser_session_idle. MW470: the method changes something and X-CSRF-Token is missing or another session''s. Called by thin for each request that carries a cookie and no other credential.';
REVOKE ALL ON FUNCTION auth.authenticate_cookie(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth.authenticate_cookie(text, text, text) TO thin;
