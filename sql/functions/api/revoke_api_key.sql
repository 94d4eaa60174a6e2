CREATE OR REPLACE FUNCTION api.revoke_api_key(id uuid) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_key auth.api_key;
BEGIN
    UPDATE auth.api_key AS k SET revoked_at = coalesce(k.revoked_at, now())
    WHERE k.id = revoke_api_key.id AND (k.account_id = auth.account_id() OR auth.caller_is('admin'))
    RETURNING k.* INTO v_key;
    IF v_key.id IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = 'no such API key';
    END IF;
    PERFORM auth.audit('api_key.revoke', 'api_key', v_key.id::text, NULL, api.api_key_json(v_key));
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION api.revoke_api_key(uuid) IS 'Ends an API key at once. One''s own; an administrator anybody''s.';
REVOKE ALL ON FUNCTION api.revoke_api_key(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.revoke_api_key(uuid) TO viewer;
