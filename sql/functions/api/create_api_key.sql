CREATE OR REPLACE FUNCTION api.create_api_key(name text, role text DEFAULT 'viewer', expires_at timestamptz DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_most_keys CONSTANT integer := 100; -- not revoked, of one account
    v_secret text := auth.random_secret('mwk_');
    v_key auth.api_key;
BEGIN
    IF coalesce(length(name), 0) NOT BETWEEN 1 AND 100 THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'name', MESSAGE = 'name must have 1 to 100 characters';
    ELSIF role IS NULL OR role NOT IN ('viewer', 'operator', 'engineer', 'admin') THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'role', MESSAGE = 'role must be viewer, operator, engineer or admin';
    ELSIF expires_at <= now() THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'expires_at', MESSAGE = 'expires_at must lie in the future';
    ELSIF auth.account_id() IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW401', MESSAGE = 'an API key needs an account';
    ELSIF NOT auth.caller_is(role) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW403', COLUMN = 'role', MESSAGE = 'a key cannot do more than its owner';
    ELSIF c_most_keys <= (SELECT count(*) FROM auth.api_key AS k WHERE k.account_id = auth.account_id() AND k.revoked_at IS NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW409', MESSAGE = format('an account has at most %s keys', c_most_keys),
            HINT = 'Revoke one that is not used.';
    END IF;
    INSERT INTO auth.api_key (account_id, name, key_hash, prefix, role, expires_at)
    VALUES (auth.account_id(), create_api_key.name, auth.hash_secret(v_secret), left(v_secret, 12), create_api_key.role,
        create_api_key.expires_at)
    RETURNING * INTO v_key;
    PERFORM auth.audit('api_key.create', 'api_key', v_key.id::text, NULL, api.api_key_json(v_key));
    RETURN api.api_key_json(v_key) || jsonb_build_object('key', v_secret);
END
$$;
COMMENT ON FUNCTION api.create_api_key(text, text, timestamptz) IS
    'A key for a machine, with at most the caller''s role. The answer''s member key is shown this once; send it as Authorization: Bearer mwk_… or X-API-Key.';
REVOKE ALL ON FUNCTION api.create_api_key(text, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.create_api_key(text, text, timestamptz) TO viewer;
