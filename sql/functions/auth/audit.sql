CREATE OR REPLACE FUNCTION auth.audit(
    action text, object_type text, object_id text, before jsonb DEFAULT NULL, after jsonb DEFAULT NULL
) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO auth.audit_entry (actor, account_id, role, address, request_id, action, object_type, object_id, before, after)
    VALUES (auth.actor(), auth.account_id(), auth.caller_role(), auth.request_member('address')::inet,
        auth.request_member('request_id'), $1, $2, $3, $4, $5)
$$;
COMMENT ON FUNCTION auth.audit(text, text, text, jsonb, jsonb) IS
    'Writes one entry of the audit trail in the current transaction. Called by the functions that change something; never with secrets.';
REVOKE ALL ON FUNCTION auth.audit(text, text, text, jsonb, jsonb) FROM PUBLIC;
