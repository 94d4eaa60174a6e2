CREATE OR REPLACE FUNCTION auth.begin_request(request jsonb) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_role text := coalesce(request ->> 'role', 'anonymous');
    v_account auth.account;
BEGIN
    PERFORM set_config('millwright.request_id', left(coalesce(request ->> 'request_id', ''), 128), true),
        set_config('millwright.address', coalesce(host((request ->> 'address')::inet), ''), true),
        set_config('millwright.user_id', coalesce(request ->> 'user_id', ''), true),
        set_config('millwright.session_id', coalesce(request ->> 'session_id', ''), true),
        set_config('millwright.api_key_id', coalesce(request ->> 'api_key_id', ''), true),
        set_config('millwright.username', '', true);
    IF request ->> 'user_id' IS NULL THEN
        -- a plant may let reads from its own networks act as a role
        IF v_role <> 'anonymous'
            AND v_role IS DISTINCT FROM auth.anonymous_role((request ->> 'address')::inet, request ->> 'method') THEN
            RAISE EXCEPTION USING ERRCODE = 'MW401', MESSAGE = 'this request needs a token';
        END IF;
        RETURN v_role;
    END IF;

    SELECT * INTO v_account FROM auth.account WHERE id = (request ->> 'user_id')::bigint;
    IF v_account.id IS NULL OR NOT v_account.is_active THEN
        RAISE EXCEPTION USING ERRCODE = 'MW401', MESSAGE = 'the account is not active';
    END IF;
    IF NOT auth.credential_lives(v_account.id, (request ->> 'session_id')::uuid, (request ->> 'api_key_id')::uuid,
                                 v_role) THEN
        IF request ->> 'api_key_id' IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'MW401', MESSAGE = 'the API key was revoked or has expired';
        END IF;
        RAISE EXCEPTION USING ERRCODE = 'MW401', MESSAGE = 'the session has ended', HINT = 'Log in again.';
    ELSIF request ->> 'api_key_id' IS NULL AND v_role <> v_account.role THEN
        RAISE EXCEPTION USING ERRCODE = 'MW401', MESSAGE = 'the account''s role has changed',
            HINT = 'Refresh the access token.';
    END IF;
    PERFORM set_config('millwright.username', v_account.username, true);
    RETURN v_role;
EXCEPTION
    WHEN invalid_text_representation THEN
        RAISE EXCEPTION USING ERRCODE = 'MW401', MESSAGE = 'the token names no account or session';
END
$$;
COMMENT ON FUNCTION auth.begin_request(jsonb) IS
    'First statement of each request''s transaction. request: {request_id, address, role, user_id?, session_id? | '
    'api_key_id?, method, path}, all from a token whose signature thin has checked. Sets millwright.* for the '
    'transaction and returns the role to SET. MW401: session ended, key revoked, account not active, role changed, or '
    'a role without an account that auth.anonymous_role does not give. Called by thin.';
REVOKE ALL ON FUNCTION auth.begin_request(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth.begin_request(jsonb) TO thin;
