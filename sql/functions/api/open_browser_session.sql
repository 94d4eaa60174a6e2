CREATE OR REPLACE FUNCTION api.open_browser_session(
    password text, username text DEFAULT NULL, email text DEFAULT NULL, device_token text DEFAULT NULL
) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_opened jsonb := auth.log_in(open_browser_session.password, open_browser_session.username, open_browser_session.email,
        open_browser_session.device_token);
    v_cookie text := auth.random_secret('mws_');
    v_session auth.session;
BEGIN
    IF v_opened ? 'mw_refusal' THEN
        RETURN v_opened;
    END IF;
    UPDATE auth.session SET cookie_hash = auth.hash_secret(v_cookie) WHERE id = (v_opened ->> 'session_id')::uuid
    RETURNING * INTO STRICT v_session;
    RETURN jsonb_build_object(
        'cookie', jsonb_build_object('value', v_cookie, 'max_age', floor(extract(epoch FROM v_session.expires_at - now()))::integer),
        'body', auth.browser_session_json(v_session) || jsonb_build_object('device_token', v_opened -> 'device_token'));
END
$$;
COMMENT ON FUNCTION api.open_browser_session(text, text, text, text) IS
    'Logs a browser in: as POST /api/v1/auth/login, but the session is in a cookie that scripts cannot read (HttpOnly, SameSite=Strict, Secure behind TLS), and the answer has no token. Requests with the cookie that change something must carry the answer''s csrf_token in X-CSRF-Token, or are refused (MW470), as is what comes from another origin.';
REVOKE ALL ON FUNCTION api.open_browser_session(text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.open_browser_session(text, text, text, text) TO anonymous, viewer;
