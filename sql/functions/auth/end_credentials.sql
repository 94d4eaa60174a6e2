CREATE OR REPLACE FUNCTION auth.end_credentials() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_reason text := CASE
        WHEN NOT NEW.is_active THEN 'deactivated'
        WHEN NEW.password_changed_at IS DISTINCT FROM OLD.password_changed_at THEN 'password_changed'
        ELSE 'role_changed' END;
BEGIN
    IF v_reason <> 'role_changed' THEN
        -- whoever changes the password in an open session stays in it
        PERFORM auth.end_sessions(NEW.id, v_reason,
            CASE WHEN v_reason = 'password_changed' THEN auth.request_member('session_id')::uuid END);
    END IF;
    PERFORM auth.end_api_keys(array_agg(k.id), v_reason)
    FROM auth.api_key AS k
    WHERE k.account_id = NEW.id AND k.revoked_at IS NULL
        AND (v_reason <> 'role_changed' OR auth.role_rank(k.role) > auth.role_rank(NEW.role));
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION auth.end_credentials() IS
    'Trigger: whoever is deactivated loses sessions and API keys; a new password ends all of them but the session that sets it; a lower role ends the keys above it. Whatever the way, psql too.';
REVOKE ALL ON FUNCTION auth.end_credentials() FROM PUBLIC;
CREATE OR REPLACE TRIGGER account_end_credentials AFTER UPDATE OF is_active, role, password_changed_at ON auth.account
    FOR EACH ROW WHEN (NOT NEW.is_active AND OLD.is_active
        OR NEW.password_changed_at IS DISTINCT FROM OLD.password_changed_at OR NEW.role <> OLD.role)
    EXECUTE FUNCTION auth.end_credentials();
