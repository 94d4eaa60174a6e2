CREATE OR REPLACE FUNCTION api.login(password text, username text DEFAULT NULL, email text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_name text := lower(coalesce(login.username, login.email));
    v_account auth.account;
    v_matches boolean;
    v_subject bytea;
    v_session uuid;
BEGIN
    IF v_name IS NULL OR v_name = '' THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'username', MESSAGE = 'username or email is required';
    END IF;
    -- a user name cannot contain @, so a name fits one account at most
    SELECT a.* INTO v_account FROM auth.account AS a WHERE lower(a.username) = v_name
    UNION ALL
    SELECT a.* FROM auth.account AS a WHERE lower(a.email) = v_name
    LIMIT 1;
    v_subject := auth.throttle_subject(v_account.id, v_name);
    PERFORM auth.check_throttle(v_subject);

    -- an unknown name costs a hash too, so that time does not tell which names exist
    v_matches := CASE
        WHEN v_account.id IS NULL THEN auth.hash_password(coalesce(login.password, '')) IS NULL
        ELSE auth.password_matches(coalesce(login.password, ''), v_account.password_hash) END;
    IF NOT v_matches THEN
        PERFORM auth.count_failure(v_subject);
        PERFORM auth.audit('session.login_failed', 'user', v_account.id::text);
        RETURN auth.refusal('MW401', 'wrong user name, e-mail address or password');
    END IF;
    IF NOT v_account.is_active THEN
        RAISE EXCEPTION USING ERRCODE = 'MW403', MESSAGE = 'the account is not active', HINT = 'Ask an administrator.';
    END IF;

    DELETE FROM auth.login_throttle WHERE subject = v_subject;
    UPDATE auth.account AS a SET last_login_at = now(),
            -- a changed cost reaches existing hashes when their owner logs in: only then is the password known
            password_hash = CASE WHEN substr(a.password_hash, 5, 2)::integer = ops.setting_int('auth.bcrypt_cost') THEN a.password_hash
                ELSE auth.hash_password(login.password) END
        WHERE a.id = v_account.id RETURNING a.* INTO v_account;
    INSERT INTO auth.session (account_id, expires_at, address)
    VALUES (v_account.id, now() + ops.setting_interval('auth.session_lifetime'), auth.request_member('address')::inet)
    RETURNING id INTO v_session;
    PERFORM auth.audit('session.login', 'user', v_account.id::text);
    RETURN auth.token_response(v_session, v_account);
END
$$;
COMMENT ON FUNCTION api.login(text, text, text) IS
    'Opens a session for a user name or an e-mail address and a password. The same 401 for a wrong name and a wrong password; 429 with Retry-After after too many failures for one account.';
REVOKE ALL ON FUNCTION api.login(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.login(text, text, text) TO anonymous, viewer;
