CREATE OR REPLACE FUNCTION api.revoke_api_key(id uuid) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_key auth.api_key;
BEGIN
    SELECT k.* INTO v_key FROM auth.api_key AS k
    WHERE k.id = revoke_api_key.id AND (auth.caller_is('admin') OR k.account_id = auth.account_id() AND (
        auth.request_member('api_key_id') IS NULL
        -- a key ends itself and what it has made, not its owner's other keys: whoever finds one must not shut the plant out
        OR auth.request_member('api_key_id')::uuid IN (
            WITH RECURSIVE line AS (
                SELECT l.id, l.parent_id FROM auth.api_key AS l WHERE l.id = k.id
                UNION ALL
                SELECT p.id, p.parent_id FROM auth.api_key AS p JOIN line ON p.id = line.parent_id
            ) SELECT line.id FROM line)));
    IF v_key.id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = 'no such API key';
    END IF;
    -- waits for a key that is being made, and then sees it
    PERFORM FROM auth.account AS a WHERE a.id = v_key.account_id FOR UPDATE;
    PERFORM auth.end_api_keys(ARRAY[v_key.id], 'revoked');
    SELECT k.* INTO v_key FROM auth.api_key AS k WHERE k.id = v_key.id;
    PERFORM auth.audit('api_key.revoke', 'api_key', v_key.id::text, NULL, api.api_key_json(v_key));
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION api.revoke_api_key(uuid) IS
    'Ends an API key and all that were made with it, at once. One''s own; an administrator anybody''s; a key itself and those that it made.';
REVOKE ALL ON FUNCTION api.revoke_api_key(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.revoke_api_key(uuid) TO viewer;
