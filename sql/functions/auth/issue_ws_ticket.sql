CREATE OR REPLACE FUNCTION auth.issue_ws_ticket() RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_lifetime CONSTANT interval := INTERVAL '30 seconds';
    v_ticket text := auth.random_secret('mwt_');
BEGIN
    IF auth.account_id() IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW401', MESSAGE = 'a ticket needs an account';
    END IF;
    INSERT INTO auth.ws_ticket (ticket_hash, account_id, session_id, api_key_id, role, expires_at)
    VALUES (auth.hash_secret(v_ticket), auth.account_id(), auth.request_member('session_id')::uuid,
        auth.request_member('api_key_id')::uuid, auth.caller_role(), clock_timestamp() + c_lifetime);
    RETURN jsonb_build_object('ticket', v_ticket, 'expires_in', extract(epoch FROM c_lifetime)::integer);
END
$$;
COMMENT ON FUNCTION auth.issue_ws_ticket() IS
    'A ticket for one WebSocket connection within 30 seconds: {ticket, expires_in}. Called by api.issue_ws_ticket.';
REVOKE ALL ON FUNCTION auth.issue_ws_ticket() FROM PUBLIC;
