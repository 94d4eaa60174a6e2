CREATE OR REPLACE FUNCTION api.update_user(
    id bigint, full_name text DEFAULT NULL, role text DEFAULT NULL, is_active boolean DEFAULT NULL, password text DEFAULT NULL
) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_old auth.account;
    v_new auth.account;
BEGIN
    -- two administrators who demote each other at the same moment must not both succeed
    PERFORM ops.lock('auth.last_administrator');
    SELECT a.* INTO v_old FROM auth.account AS a WHERE a.id = update_user.id FOR UPDATE;
    IF v_old.id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = 'no such user';
    END IF;
    IF role IS NOT NULL THEN
        PERFORM auth.check_role(role);
    END IF;
    IF length(full_name) > 200 THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'full_name', MESSAGE = 'full_name must have at most 200 characters';
    ELSIF v_old.role = 'admin' AND v_old.is_active AND (role <> 'admin' OR NOT is_active)
        AND NOT EXISTS (SELECT FROM auth.account AS a WHERE a.role = 'admin' AND a.is_active AND a.id <> v_old.id) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW409', MESSAGE = 'this is the last active administrator';
    END IF;
    IF password IS NOT NULL THEN
        PERFORM auth.check_password(password, v_old.username, v_old.email, 'password');
    END IF;
    UPDATE auth.account AS a SET
        full_name = coalesce(update_user.full_name, a.full_name), role = coalesce(update_user.role, a.role),
        is_active = coalesce(update_user.is_active, a.is_active), updated_at = now(),
        password_hash = CASE WHEN update_user.password IS NULL THEN a.password_hash ELSE auth.hash_password(update_user.password) END,
        password_changed_at = CASE WHEN update_user.password IS NULL THEN a.password_changed_at ELSE clock_timestamp() END
    WHERE a.id = v_old.id RETURNING a.* INTO v_new;
    IF password IS NOT NULL THEN
        DELETE FROM auth.login_throttle AS t WHERE t.account_id = v_new.id;
    END IF;
    PERFORM auth.audit(CASE WHEN password IS NULL THEN 'user.update' ELSE 'user.set_password' END, 'user', v_new.id::text,
        auth.account_json(v_old), auth.account_json(v_new));
    RETURN auth.account_json(v_new);
END
$$;
COMMENT ON FUNCTION api.update_user(bigint, text, text, boolean, text) IS
    'Changes name, role, activity or password of a user; members left out stay. Deactivating or a new password ends the user''s sessions and API keys, a lower role the keys above it; a changed role needs a new access token. The last active administrator cannot be demoted (409).';
REVOKE ALL ON FUNCTION api.update_user(bigint, text, text, boolean, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.update_user(bigint, text, text, boolean, text) TO admin;
