CREATE OR REPLACE FUNCTION auth.add_device(p_account bigint) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_most_devices CONSTANT integer := 50; -- of one account; the one that was not used for longest goes first
    v_token text := auth.random_secret('mwd_');
BEGIN
    INSERT INTO auth.device (token_hash, account_id) VALUES (auth.hash_secret(v_token), p_account);
    DELETE FROM auth.device WHERE token_hash IN (
        SELECT d.token_hash FROM auth.device AS d WHERE d.account_id = p_account ORDER BY d.last_used_at DESC, d.token_hash OFFSET c_most_devices);
    RETURN v_token;
END
$$;
COMMENT ON FUNCTION auth.add_device(bigint) IS
    'A token by which the device that has just logged in is known again: its attempts are counted by themselves. It opens nothing.';
REVOKE ALL ON FUNCTION auth.add_device(bigint) FROM PUBLIC;
