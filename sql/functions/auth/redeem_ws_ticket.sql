CREATE OR REPLACE FUNCTION auth.redeem_ws_ticket(ticket text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_ticket auth.ws_ticket;
BEGIN
    DELETE FROM auth.ws_ticket WHERE ticket_hash = auth.hash_secret(redeem_ws_ticket.ticket) RETURNING * INTO v_ticket;
    IF v_ticket.ticket_hash IS NULL OR v_ticket.expires_at <= clock_timestamp() THEN
        RAISE EXCEPTION USING ERRCODE = 'MW401', MESSAGE = 'the ticket was used or has expired',
            HINT = 'Ask for a new one: POST /api/v1/auth/ws-ticket.';
    END IF;
    -- the same refusals as for any request: the session may have ended since
    PERFORM auth.begin_request(jsonb_build_object('user_id', v_ticket.account_id, 'session_id', v_ticket.session_id,
        'api_key_id', v_ticket.api_key_id, 'role', v_ticket.role));
    RETURN jsonb_build_object('user_id', v_ticket.account_id, 'session_id', v_ticket.session_id, 'api_key_id', v_ticket.api_key_id,
        'role', v_ticket.role, 'username', auth.request_member('username'));
END
$$;
COMMENT ON FUNCTION auth.redeem_ws_ticket(text) IS
    'Turns a ticket into {user_id, session_id, api_key_id, role, username}, once. MW401 if it was used, has expired or its session has ended. Called by thin.';
REVOKE ALL ON FUNCTION auth.redeem_ws_ticket(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth.redeem_ws_ticket(text) TO thin;
