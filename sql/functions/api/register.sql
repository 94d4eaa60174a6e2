CREATE OR REPLACE FUNCTION api.register(
    username text, email text, password text, full_name text DEFAULT NULL, role text DEFAULT 'viewer'
) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_limit integer := ops.setting_int('auth.self_registrations_per_hour');
BEGIN
    IF auth.role_rank(role) > auth.role_rank('viewer') AND NOT auth.caller_is('admin') THEN
        RAISE EXCEPTION USING ERRCODE = 'MW403', COLUMN = 'role', MESSAGE = 'only an administrator gives a role above viewer';
    END IF;
    IF NOT ops.setting_bool('auth.self_registration') AND NOT auth.caller_is('admin') THEN
        RAISE EXCEPTION USING ERRCODE = 'MW403', MESSAGE = 'only an administrator adds users here',
            HINT = 'The setting auth.self_registration is off.';
    END IF;
    IF NOT auth.caller_is('admin') AND v_limit <= (
        SELECT count(*) FROM (SELECT FROM auth.account AS a WHERE a.created_at > now() - INTERVAL '1 hour' LIMIT v_limit) AS recent) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW429', MESSAGE = 'too many users have registered lately', DETAIL = '3600',
            HINT = 'The setting auth.self_registrations_per_hour holds the limit.';
    END IF;
    RETURN auth.account_json(auth.create_account(username, email, password, full_name, role));
END
$$;
COMMENT ON FUNCTION api.register(text, text, text, text, text) IS
    'Adds a user. Anybody may register as viewer (unless the setting auth.self_registration is off); other roles need an administrator''s token. Password: 8 to 128 characters, neither the user name nor the e-mail address.';
REVOKE ALL ON FUNCTION api.register(text, text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.register(text, text, text, text, text) TO anonymous, viewer;
