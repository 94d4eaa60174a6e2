CREATE OR REPLACE FUNCTION auth.account_id() RETURNS bigint
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN auth.request_member('user_id')::bigint;
END
$$;
COMMENT ON FUNCTION auth.account_id() IS 'Id of the account that makes the request; NULL without a token and in psql.';
REVOKE ALL ON FUNCTION auth.account_id() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth.account_id() TO anonymous, viewer;
