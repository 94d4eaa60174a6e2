CREATE OR REPLACE FUNCTION auth.bootstrap_admin(email text, password text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_account auth.account;
    v_before jsonb;
    v_username text := 'admin';
BEGIN
    SELECT * INTO v_account FROM auth.account a WHERE lower(a.email) = lower(bootstrap_admin.email) FOR UPDATE;
    IF v_account.id IS NULL THEN
        IF EXISTS (SELECT FROM auth.account a WHERE lower(a.username) = v_username) THEN
            v_username := 'admin_' || encode(public.gen_random_bytes(4), 'hex');
        END IF;
        v_account := auth.create_account(v_username, bootstrap_admin.email, bootstrap_admin.password, 'Administrator', 'admin');
        RETURN auth.account_json(v_account) || jsonb_build_object('outcome', 'created');
    END IF;
    IF v_account.role = 'admin' AND v_account.is_active
        AND auth.password_matches(bootstrap_admin.password, v_account.password_hash) THEN
        RETURN auth.account_json(v_account) || jsonb_build_object('outcome', 'unchanged');
    END IF;
    PERFORM auth.check_password(bootstrap_admin.password, v_account.username, v_account.email, 'password');
    v_before := auth.account_json(v_account);
    UPDATE auth.account a SET role = 'admin', is_active = true, updated_at = now(), password_changed_at = clock_timestamp(),
            password_hash = auth.hash_password(bootstrap_admin.password)
        WHERE a.id = v_account.id RETURNING * INTO v_account;
    DELETE FROM auth.login_throttle AS t WHERE t.account_id = v_account.id;
    PERFORM auth.audit('user.bootstrap', 'user', v_account.id::text, v_before, auth.account_json(v_account));
    RETURN auth.account_json(v_account) || jsonb_build_object('outcome', 'updated');
END
$$;
COMMENT ON FUNCTION auth.bootstrap_admin(text, text) IS
    'Makes sure that an active administrator with this e-mail address and password exists; outcome is created, updated or unchanged. For scripts run by the database''s administrator: granted to nobody.';
REVOKE ALL ON FUNCTION auth.bootstrap_admin(text, text) FROM PUBLIC;
