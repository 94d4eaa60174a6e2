CREATE OR REPLACE FUNCTION auth.create_account(
    p_username text, p_email text, p_password text, p_full_name text, p_role text
) RETURNS auth.account
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_account auth.account;
    v_constraint text;
BEGIN
    PERFORM auth.check_role(p_role);
    PERFORM auth.check_password(p_password, p_username, p_email, 'password');
    -- the audit trail names accounts and database logins alike, so nobody may be called like a login
    IF EXISTS (SELECT FROM pg_roles AS r WHERE r.rolcanlogin AND lower(r.rolname) = lower(p_username))
        OR lower(p_username) = 'system' THEN
        RAISE EXCEPTION USING ERRCODE = 'MW409', COLUMN = 'username', MESSAGE = 'the user name is taken';
    END IF;
    BEGIN
        INSERT INTO auth.account (username, email, full_name, role, password_hash)
        VALUES (p_username, lower(p_email), p_full_name, p_role, '')
        RETURNING * INTO v_account;
    EXCEPTION
        WHEN unique_violation THEN
            GET STACKED DIAGNOSTICS v_constraint = CONSTRAINT_NAME;
            RAISE EXCEPTION USING ERRCODE = 'MW409',
                MESSAGE = CASE v_constraint WHEN 'account_email_key' THEN 'the e-mail address is taken' ELSE 'the user name is taken' END,
                COLUMN = CASE v_constraint WHEN 'account_email_key' THEN 'email' ELSE 'username' END;
        WHEN not_null_violation OR check_violation THEN
            GET STACKED DIAGNOSTICS v_constraint = CONSTRAINT_NAME;
            IF p_username IS NULL OR v_constraint = 'account_username_check' THEN
                RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'username',
                    MESSAGE = 'username must have 3 to 64 letters, digits, dots, hyphens or underscores and begin with a letter or digit';
            ELSIF p_email IS NULL OR v_constraint = 'account_email_check' THEN
                RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'email', MESSAGE = 'email must be an e-mail address';
            ELSE
                RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'full_name', MESSAGE = 'full_name must have at most 200 characters';
            END IF;
    END;
    -- hashed last, because it is what costs: a refused account costs nothing
    UPDATE auth.account SET password_hash = auth.hash_password(p_password) WHERE id = v_account.id RETURNING * INTO v_account;
    PERFORM auth.audit('user.create', 'user', v_account.id::text, NULL, auth.account_json(v_account));
    RETURN v_account;
END
$$;
COMMENT ON FUNCTION auth.create_account(text, text, text, text, text) IS
    'Makes an account and writes the audit entry. MW422 names the member that breaks a rule, MW409 the one that is taken. Called by api.register and auth.bootstrap_admin.';
REVOKE ALL ON FUNCTION auth.create_account(text, text, text, text, text) FROM PUBLIC;
