CREATE OR REPLACE FUNCTION auth.check_role(role text) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_roles text[] := auth.given_roles();
BEGIN
    IF (check_role.role = ANY (v_roles)) IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'role', MESSAGE = format('role must be %s or %s',
            array_to_string(trim_array(v_roles, 1), ', '), v_roles[cardinality(v_roles)]);
    END IF;
END
$$;
COMMENT ON FUNCTION auth.check_role(text) IS 'Refuses (MW422) what is no role that an account or a key may have.';
REVOKE ALL ON FUNCTION auth.check_role(text) FROM PUBLIC;
