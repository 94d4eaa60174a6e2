CREATE OR REPLACE FUNCTION auth.password_matches(password text, password_hash text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
    -- crypt() raises on a salt that is none
    SELECT CASE WHEN password_hash ~ '^[$]2a[$][0-9]{2}[$].{53}$'
        THEN public.crypt(encode(sha256(convert_to(password, 'UTF8')), 'base64'), password_hash) = password_hash
        ELSE false END
$$;
COMMENT ON FUNCTION auth.password_matches(text, text) IS 'Whether auth.hash_password(password) could have given this hash.';
REVOKE ALL ON FUNCTION auth.password_matches(text, text) FROM PUBLIC;
