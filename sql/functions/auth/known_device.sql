CREATE OR REPLACE FUNCTION auth.known_device(p_account bigint, p_token text) RETURNS bytea
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
    UPDATE auth.device SET last_used_at = now()
    WHERE token_hash = auth.hash_secret(left(p_token, 256)) AND account_id = p_account
    RETURNING token_hash
$$;
COMMENT ON FUNCTION auth.known_device(bigint, text) IS
    'Key of the device that this token was given to when it logged in to this account; NULL for a stranger.';
REVOKE ALL ON FUNCTION auth.known_device(bigint, text) FROM PUBLIC;
