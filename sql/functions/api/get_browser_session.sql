CREATE OR REPLACE FUNCTION api.get_browser_session() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT auth.browser_session_json(s) FROM auth.session AS s WHERE s.id = auth.request_member('session_id')::uuid
$$;
COMMENT ON FUNCTION api.get_browser_session() IS
    'Whose session this is, and its CSRF token: for a page that was loaded again. csrf_token is null in a session that has no cookie; an API key has no session (404).';
REVOKE ALL ON FUNCTION api.get_browser_session() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.get_browser_session() TO viewer;
