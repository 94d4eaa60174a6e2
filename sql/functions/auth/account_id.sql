CREATE OR REPLACE FUNCTION auth.account_id() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT auth.request_member('user_id')::bigint
$$;
COMMENT ON FUNCTION auth.account_id() IS 'Id of the account that makes the request; NULL without a token and in psql.';
REVOKE ALL ON FUNCTION auth.account_id() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth.account_id() TO anonymous, viewer;
