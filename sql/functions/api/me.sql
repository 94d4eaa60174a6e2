CREATE OR REPLACE FUNCTION api.me() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT auth.account_json(a) FROM auth.account AS a WHERE a.id = auth.account_id()
$$;
COMMENT ON FUNCTION api.me() IS 'The account that makes the request.';
REVOKE ALL ON FUNCTION api.me() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.me() TO viewer;
