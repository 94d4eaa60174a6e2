CREATE OR REPLACE FUNCTION auth.throttle_subject(VARIADIC parts text[]) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT sha256(convert_to(array_to_json(parts)::text, 'UTF8'))
$$;
COMMENT ON FUNCTION auth.throttle_subject(text[]) IS
    'Key of auth.login_throttle for what its attempts have in common: (session, id), (device, token''s hash), (network, whose, network), (everywhere, whose). whose: auth.throttled_name.';
REVOKE ALL ON FUNCTION auth.throttle_subject(text[]) FROM PUBLIC;
