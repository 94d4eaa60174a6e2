CREATE OR REPLACE FUNCTION api.change_password(current_password text, new_password text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_account auth.account;
    -- counted by themselves: what strangers do at the log-in page does not lock an open session out
    v_subject bytea := auth.throttle_subject('session', coalesce(auth.request_member('session_id'), auth.request_member('api_key_id')));
BEGIN
    SELECT a.* INTO STRICT v_account FROM auth.account AS a WHERE a.id = auth.account_id() FOR UPDATE;
    PERFORM auth.check_throttle(ARRAY[v_subject]);
    PERFORM auth.check_password(new_password, v_account.username, v_account.email, 'new_password');
    IF auth.password_matches(coalesce(current_password, ''), v_account.password_hash) IS NOT TRUE THEN
        IF auth.is_told(auth.count_failure(v_subject, ops.setting_int('auth.login_free_attempts'), v_account.id)) THEN
            PERFORM auth.audit('user.change_password_failed', 'user', v_account.id::text);
        END IF;
        RETURN auth.refusal('MW422', 'the current password is wrong', NULL, NULL, 'current_password');
    END IF;
    UPDATE auth.account AS a SET password_hash = auth.hash_password(new_password), password_changed_at = clock_timestamp(), updated_at = now()
    WHERE a.id = v_account.id;
    PERFORM auth.audit('user.change_password', 'user', v_account.id::text);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION api.change_password(text, text) IS
    'Changes the caller''s password and ends all other sessions of the account and its API keys. Wrong current passwords make this session wait, and no other.';
REVOKE ALL ON FUNCTION api.change_password(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.change_password(text, text) TO viewer;
