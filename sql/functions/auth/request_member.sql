CREATE OR REPLACE FUNCTION auth.request_member(name text) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
-- anybody may SET these settings in psql; only what the thin login wrote is believed
RETURN CASE WHEN auth.may_act_for_others() THEN nullif(current_setting('millwright.' || name, true), '') END;
COMMENT ON FUNCTION auth.request_member(text) IS
    'A fact that auth.begin_request set about the current request: user_id, username, session_id, api_key_id, request_id, address. NULL outside a request.';
REVOKE ALL ON FUNCTION auth.request_member(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth.request_member(text) TO anonymous, viewer;
