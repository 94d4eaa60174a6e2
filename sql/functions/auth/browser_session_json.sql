CREATE OR REPLACE FUNCTION auth.browser_session_json(p_session auth.session) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object('user', auth.account_json(a), 'csrf_token', auth.csrf_token(p_session.cookie_hash),
        'expires_at', api.iso(p_session.expires_at),
        'idle_seconds', extract(epoch FROM ops.setting_interval('auth.browser_session_idle'))::integer)
    FROM auth.account AS a WHERE a.id = p_session.account_id
$$;
COMMENT ON FUNCTION auth.browser_session_json(auth.session) IS
    'A browser''s session as its page sees it: {user, csrf_token, expires_at, idle_seconds}. csrf_token is NULL for a session without a cookie.';
REVOKE ALL ON FUNCTION auth.browser_session_json(auth.session) FROM PUBLIC;
