CREATE OR REPLACE FUNCTION auth.role_rank(role text) RETURNS integer
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.rank FROM auth.role AS r WHERE r.name = role_rank.role
$$;
COMMENT ON FUNCTION auth.role_rank(text) IS 'Order of the roles (auth.role.rank): a higher one may do what a lower one may. NULL for any other name.';
REVOKE ALL ON FUNCTION auth.role_rank(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth.role_rank(text) TO viewer;
