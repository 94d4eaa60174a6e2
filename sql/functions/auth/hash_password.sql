CREATE OR REPLACE FUNCTION auth.hash_password(password text) RETURNS text
LANGUAGE sql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
    -- bcrypt reads 72 bytes and ignores the rest: base64 of SHA-256 is 44 bytes whatever the password's length
    SELECT public.crypt(
        encode(sha256(convert_to(password, 'UTF8')), 'base64'),
        public.gen_salt('bf', ops.setting_int('auth.bcrypt_cost')))
$$;
COMMENT ON FUNCTION auth.hash_password(text) IS
    'bcrypt (cost: setting auth.bcrypt_cost) of base64(SHA-256(password)). Takes about 0.25 s at cost 12.';
REVOKE ALL ON FUNCTION auth.hash_password(text) FROM PUBLIC;
