CREATE OR REPLACE FUNCTION auth.authenticate_api_key(key text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_use_resolution CONSTANT interval := INTERVAL '1 minute';
    v_key auth.api_key;
    v_username text;
BEGIN
    SELECT k.* INTO v_key FROM auth.api_key k WHERE k.key_hash = auth.hash_secret(authenticate_api_key.key);
    IF v_key.id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW401', MESSAGE = 'unknown API key';
    END IF;
    PERFORM auth.begin_request(jsonb_build_object('user_id', v_key.account_id, 'api_key_id', v_key.id, 'role', v_key.role));
    SELECT a.username INTO v_username FROM auth.account a WHERE a.id = v_key.account_id;
    IF v_key.last_used_at IS NULL OR v_key.last_used_at < now() - c_use_resolution THEN
        UPDATE auth.api_key k SET last_used_at = now() WHERE k.id = v_key.id;
    END IF;
    RETURN jsonb_build_object('user_id', v_key.account_id, 'api_key_id', v_key.id, 'role', v_key.role, 'username', v_username);
END
$$;
COMMENT ON FUNCTION auth.authenticate_api_key(text) IS
    'Turns an API key (mwk_…) into {user_id, api_key_id, role, username} for auth.begin_request. MW401 if it is unknown, revoked or expired. Called by thin, which may keep the answer for some seconds: begin_request checks revocation anyway.';
REVOKE ALL ON FUNCTION auth.authenticate_api_key(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth.authenticate_api_key(text) TO thin;
