CREATE OR REPLACE FUNCTION api.login(
    password text, username text DEFAULT NULL, email text DEFAULT NULL, device_token text DEFAULT NULL
) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_opened jsonb := auth.log_in(login.password, login.username, login.email, login.device_token);
    v_account auth.account;
BEGIN
    IF v_opened ? 'mw_refusal' THEN
        RETURN v_opened;
    END IF;
    SELECT a.* INTO STRICT v_account FROM auth.account AS a WHERE a.id = (v_opened ->> 'account_id')::bigint;
    RETURN auth.token_response((v_opened ->> 'session_id')::uuid, v_account)
        || jsonb_build_object('device_token', v_opened -> 'device_token');
END
$$;
COMMENT ON FUNCTION api.login(text, text, text, text) IS
    'Opens a session for a user name or an e-mail address and a password. The same 401 for a wrong name and a wrong password; 429 with Retry-After after too many failures for one account from one address. Send the answer''s device_token with the next login: what others try at this account then makes this device wait no more.';
REVOKE ALL ON FUNCTION api.login(text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.login(text, text, text, text) TO anonymous, viewer;
