CREATE OR REPLACE FUNCTION api.create_api_key(name text, role text DEFAULT 'viewer', expires_at timestamptz DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_most_keys CONSTANT integer := 100; -- not revoked, of one account
    v_secret text := auth.random_secret('mwk_');
    v_parent auth.api_key;
    v_key auth.api_key;
BEGIN
    -- waits for a change of password or a revocation that is under way, and then sees it
    PERFORM FROM auth.account AS a WHERE a.id = auth.account_id() FOR SHARE;
    IF coalesce(length(name), 0) NOT BETWEEN 1 AND 100 THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'name', MESSAGE = 'name must have 1 to 100 characters';
    END IF;
    PERFORM auth.check_role(role);
    IF expires_at <= now() THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'expires_at', MESSAGE = 'expires_at must lie in the future';
    ELSIF auth.account_id() IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW401', MESSAGE = 'an API key needs an account';
    ELSIF NOT auth.credential_lives(auth.account_id(), auth.request_member('session_id')::uuid,
            auth.request_member('api_key_id')::uuid, auth.caller_role()) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW401', MESSAGE = 'the session or API key has ended meanwhile';
    ELSIF NOT auth.caller_is(role) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW403', COLUMN = 'role', MESSAGE = 'a key cannot do more than its owner';
    ELSIF c_most_keys <= (SELECT count(*) FROM auth.api_key AS k WHERE k.account_id = auth.account_id() AND k.revoked_at IS NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW409', MESSAGE = format('an account has at most %s keys', c_most_keys),
            HINT = 'Revoke one that is not used.';
    END IF;
    SELECT k.* INTO v_parent FROM auth.api_key AS k WHERE k.id = auth.request_member('api_key_id')::uuid;
    IF create_api_key.expires_at > v_parent.expires_at THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'expires_at',
            MESSAGE = format('expires_at must not be after %s, when the key that makes it expires', api.iso(v_parent.expires_at));
    END IF;
    INSERT INTO auth.api_key (account_id, name, key_hash, prefix, role, expires_at, parent_id)
    VALUES (auth.account_id(), create_api_key.name, auth.hash_secret(v_secret), left(v_secret, 12), create_api_key.role,
        coalesce(create_api_key.expires_at, v_parent.expires_at), v_parent.id)
    RETURNING * INTO v_key;
    PERFORM auth.audit('api_key.create', 'api_key', v_key.id::text, NULL, api.api_key_json(v_key));
    RETURN api.api_key_json(v_key) || jsonb_build_object('key', v_secret);
END
$$;
COMMENT ON FUNCTION api.create_api_key(text, text, timestamptz) IS
    'A key for a machine, with at most the caller''s role. One that a key makes lives no longer than that key and ends with it. The answer''s member key is shown this once; send it as Authorization: Bearer mwk_… or X-API-Key.';
REVOKE ALL ON FUNCTION api.create_api_key(text, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.create_api_key(text, text, timestamptz) TO viewer;
