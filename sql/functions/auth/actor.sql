CREATE OR REPLACE FUNCTION auth.actor() RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN coalesce(auth.request_member('username'), session_user);
END
$$;
COMMENT ON FUNCTION auth.actor() IS
    'Who does this: the user name of the request''s account, else the database login. For acknowledged_by, changed_by and the audit trail.';
REVOKE ALL ON FUNCTION auth.actor() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth.actor() TO anonymous, viewer;
