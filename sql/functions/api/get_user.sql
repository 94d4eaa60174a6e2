CREATE OR REPLACE FUNCTION api.get_user(id bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT auth.account_json(a) FROM auth.account AS a WHERE a.id = get_user.id
$$;
COMMENT ON FUNCTION api.get_user(bigint) IS 'One user.';
REVOKE ALL ON FUNCTION api.get_user(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.get_user(bigint) TO admin;
