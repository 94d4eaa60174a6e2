CREATE OR REPLACE FUNCTION auth.hash_secret(secret text) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT sha256(convert_to(secret, 'UTF8'))
$$;
COMMENT ON FUNCTION auth.hash_secret(text) IS
    'SHA-256 of a secret that has 256 random bits itself (refresh tokens, API keys, tickets). Not for passwords.';
REVOKE ALL ON FUNCTION auth.hash_secret(text) FROM PUBLIC;
