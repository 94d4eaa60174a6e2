CREATE OR REPLACE FUNCTION auth.random_secret(prefix text) RETURNS text
LANGUAGE sql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
    -- base64url without padding: 43 characters for 32 bytes
    SELECT prefix || rtrim(translate(encode(public.gen_random_bytes(32), 'base64'), '+/', '-_'), '=')
$$;
COMMENT ON FUNCTION auth.random_secret(text) IS
    'A new secret of 256 random bits after a prefix that tells what it is (mwr_ refresh token, mwk_ API key, mwt_ ticket).';
REVOKE ALL ON FUNCTION auth.random_secret(text) FROM PUBLIC;
