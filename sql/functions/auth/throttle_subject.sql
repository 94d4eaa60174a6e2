CREATE OR REPLACE FUNCTION auth.throttle_subject(account bigint, name text) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT auth.hash_secret(coalesce('account:' || account, 'name:' || coalesce(lower(name), '')))
$$;
COMMENT ON FUNCTION auth.throttle_subject(bigint, text) IS 'Key of auth.login_throttle for an account, or for a name that no account has.';
REVOKE ALL ON FUNCTION auth.throttle_subject(bigint, text) FROM PUBLIC;
