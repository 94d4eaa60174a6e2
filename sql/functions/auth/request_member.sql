CREATE OR REPLACE FUNCTION auth.request_member(name text) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
-- anybody may SET these settings in psql; only what the thin login wrote is believed (a superuser is a member of everything)
RETURN CASE WHEN pg_has_role(session_user, 'thin', 'MEMBER') THEN nullif(current_setting('millwright.' || name, true), '') END;
COMMENT ON FUNCTION auth.request_member(text) IS
    'A fact that auth.begin_request set about the current request: user_id, username, session_id, api_key_id, request_id, address. NULL outside a request.';
REVOKE ALL ON FUNCTION auth.request_member(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth.request_member(text) TO anonymous, viewer;
