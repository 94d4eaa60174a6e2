CREATE OR REPLACE FUNCTION auth.csrf_token(cookie_hash bytea) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT 'mwx_' || encode(sha256(convert_to('csrf:', 'UTF8') || cookie_hash), 'hex')
$$;
COMMENT ON FUNCTION auth.csrf_token(bytea) IS
    'What a request that changes something must carry in X-CSRF-Token beside the cookie of this hash. A page of ours can ask for it, a page of others cannot read it; alone it opens nothing.';
REVOKE ALL ON FUNCTION auth.csrf_token(bytea) FROM PUBLIC;
