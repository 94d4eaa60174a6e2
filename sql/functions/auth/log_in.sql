CREATE OR REPLACE FUNCTION auth.log_in(
    password text, username text DEFAULT NULL, email text DEFAULT NULL, device_token text DEFAULT NULL
) RETURNS jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_name text := lower(coalesce(log_in.username, log_in.email));
    v_account auth.account;
    v_network cidr := auth.caller_network();
    v_device bytea;
    v_whose text;
    v_subjects bytea[];
    v_free integer := ops.setting_int('auth.login_free_attempts');
    v_count integer;
    v_matches boolean;
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

    -- Whose failures count against this attempt: its own. Strangers share a budget, so that many addresses are no help to them;
    -- an open session, a device and an address that logged in before do not, so that strangers cannot lock them out.
    v_whose := auth.throttled_name(v_account.id, v_name);
    v_device := auth.known_device(v_account.id, log_in.device_token);
    IF v_account.id = auth.account_id() THEN
        v_subjects := ARRAY[auth.throttle_subject('session', coalesce(auth.request_member('session_id'), auth.request_member('api_key_id')))];
    ELSIF v_device IS NOT NULL THEN
        v_subjects := ARRAY[auth.throttle_subject('device', encode(v_device, 'hex'))];
    ELSE
        v_subjects := ARRAY[auth.throttle_subject('network', v_whose, v_network::text)];
        IF EXISTS (SELECT FROM auth.session AS s WHERE s.account_id = v_account.id AND s.network = v_network) THEN
            v_free := ops.setting_int('auth.login_free_attempts_known');
        ELSE
            v_subjects := v_subjects || auth.throttle_subject('everywhere', v_whose);
        END IF;
    END IF;
    PERFORM auth.check_throttle(v_subjects);

    -- an unknown name costs a hash too, so that time does not tell which names exist
    v_matches := CASE
        WHEN v_account.id IS NULL THEN auth.hash_password(coalesce(log_in.password, '')) IS NULL
        ELSE auth.password_matches(coalesce(log_in.password, ''), v_account.password_hash) END;
    IF NOT v_matches THEN
        v_count := auth.count_failure(v_subjects[1], v_free, v_account.id);
        IF v_subjects[2] IS NOT NULL THEN
            v_count := auth.count_failure(v_subjects[2], ops.setting_int('auth.login_free_attempts_everywhere'), v_account.id);
        END IF;
        IF v_account.id IS NULL THEN
            -- names that nobody has are told together, or new ones would fill the trail; nobody waits for this count
            v_count := auth.count_failure(auth.throttle_subject('unknown names'), 2147483647);
        END IF;
        UPDATE auth.login_tally SET attempts = attempts + 1 WHERE outcome = 'failed';
        IF auth.is_told(v_count) THEN
            PERFORM auth.audit('session.login_failed', 'user', v_account.id::text, NULL, jsonb_build_object('failures', v_count));
        END IF;
        RETURN auth.refusal('MW401', 'wrong user name, e-mail address or password');
    END IF;
    IF NOT v_account.is_active THEN
        RAISE EXCEPTION USING ERRCODE = 'MW403', MESSAGE = 'the account is not active', HINT = 'Ask an administrator.';
    END IF;

    DELETE FROM auth.login_throttle WHERE subject = v_subjects[1];
    UPDATE auth.account AS a SET last_login_at = now(),
            -- a changed cost reaches existing hashes when their owner logs in: only then is the password known
            password_hash = CASE WHEN substr(a.password_hash, 5, 2)::integer = ops.setting_int('auth.bcrypt_cost') THEN a.password_hash
                ELSE auth.hash_password(log_in.password) END
        -- the password may have been changed, or the account closed, since it was looked at
        WHERE a.id = v_account.id AND a.is_active AND a.password_changed_at = v_account.password_changed_at RETURNING a.* INTO v_account;
    IF v_account.id IS NULL THEN
        RETURN auth.refusal('MW401', 'wrong user name, e-mail address or password');
    END IF;
    INSERT INTO auth.session (account_id, expires_at, address)
    VALUES (v_account.id, now() + ops.setting_interval('auth.session_lifetime'), auth.request_member('address')::inet)
    RETURNING id INTO v_session;
    UPDATE auth.session SET revoked_at = now(), revoked_reason = 'superseded' WHERE id IN (
        SELECT s.id FROM auth.session AS s WHERE s.account_id = v_account.id AND s.revoked_at IS NULL AND s.expires_at > now()
            AND s.id <> v_session
        ORDER BY s.refreshed_at DESC, s.id OFFSET ops.setting_int('auth.sessions_per_account') - 1);
    UPDATE auth.login_tally SET attempts = attempts + 1 WHERE outcome = 'succeeded';
    PERFORM auth.audit('session.login', 'user', v_account.id::text);
    RETURN jsonb_build_object('session_id', v_session, 'account_id', v_account.id,
        'device_token', CASE WHEN v_device IS NULL THEN auth.add_device(v_account.id) ELSE log_in.device_token END);
END
$$;
COMMENT ON FUNCTION auth.log_in(text, text, text, text) IS
    'Opens a session for a user name or an e-mail address and a password: {session_id, account_id, device_token}, or a refusal (auth.refusal) that must be committed. The same 401 for a wrong name and a wrong password; MW429 after too many failures. What opens the session (tokens, a cookie) is the caller''s: api.login, api.open_browser_session.';
REVOKE ALL ON FUNCTION auth.log_in(text, text, text, text) FROM PUBLIC;
