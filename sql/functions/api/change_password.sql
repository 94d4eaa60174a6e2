CREATE OR REPLACE FUNCTION api.change_password(current_password text, new_password text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_account auth.account;
    v_subject bytea := auth.throttle_subject(auth.account_id(), NULL);
BEGIN
    SELECT a.* INTO STRICT v_account FROM auth.account AS a WHERE a.id = auth.account_id() FOR UPDATE;
    PERFORM auth.check_throttle(v_subject);
    PERFORM auth.check_password(new_password, v_account.username, v_account.email, 'new_password');
    IF auth.password_matches(coalesce(current_password, ''), v_account.password_hash) IS NOT TRUE THEN
        PERFORM auth.count_failure(v_subject);
        PERFORM auth.audit('user.change_password_failed', 'user', v_account.id::text);
        RETURN auth.refusal('MW422', 'the current password is wrong', NULL, NULL, 'current_password');
    END IF;
    UPDATE auth.account AS a SET password_hash = auth.hash_password(new_password), password_changed_at = now(), updated_at = now()
    WHERE a.id = v_account.id;
    PERFORM auth.end_sessions(v_account.id, 'password_changed', auth.request_member('session_id')::uuid);
    PERFORM auth.audit('user.change_password', 'user', v_account.id::text);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION api.change_password(text, text) IS
    'Changes the caller''s password and ends all other sessions of the account. Wrong current passwords count as failed logins.';
REVOKE ALL ON FUNCTION api.change_password(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.change_password(text, text) TO viewer;
