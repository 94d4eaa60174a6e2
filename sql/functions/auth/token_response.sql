CREATE OR REPLACE FUNCTION auth.token_response(p_session_id uuid, p_account auth.account) RETURNS jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_refresh_token text := auth.random_secret('mwr_');
    c_used_kept CONSTANT integer := 32; -- of one session: by one of these a thief is still recognised
    v_expires_at timestamptz;
BEGIN
    INSERT INTO auth.refresh_token (token_hash, session_id) VALUES (auth.hash_secret(v_refresh_token), p_session_id);
    DELETE FROM auth.refresh_token WHERE token_hash IN (
        SELECT t.token_hash FROM auth.refresh_token AS t WHERE t.session_id = p_session_id AND t.used_at IS NOT NULL
        ORDER BY t.used_at DESC, t.token_hash OFFSET c_used_kept);
    UPDATE auth.session SET refreshed_at = now() WHERE id = p_session_id RETURNING expires_at INTO v_expires_at;
    RETURN jsonb_build_object(
        'claims', jsonb_build_object('sub', p_account.id::text, 'sid', p_session_id, 'role', p_account.role, 'name', p_account.username),
        'expires_in', ops.setting_int('auth.access_token_seconds'),
        'refresh_token', v_refresh_token,
        'refresh_expires_in', floor(extract(epoch FROM v_expires_at - now()))::integer);
END
$$;
COMMENT ON FUNCTION auth.token_response(uuid, auth.account) IS
    'What a route with response token returns: {claims{sub, sid, role, name}, expires_in, refresh_token, refresh_expires_in}, seconds. thin signs the claims and answers {access_token, token_type, expires_in, refresh_token, refresh_expires_in}.';
REVOKE ALL ON FUNCTION auth.token_response(uuid, auth.account) FROM PUBLIC;
