CREATE OR REPLACE FUNCTION auth.throttled_name(p_account bigint, p_name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce('account:' || p_account, 'name:' || coalesce(lower(p_name), ''))
$$;
COMMENT ON FUNCTION auth.throttled_name(bigint, text) IS
    'Whose attempts are counted: an account''s, or those of a name that no account has, so that the answer does not tell which names exist.';
REVOKE ALL ON FUNCTION auth.throttled_name(bigint, text) FROM PUBLIC;
