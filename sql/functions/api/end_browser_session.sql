CREATE OR REPLACE FUNCTION api.end_browser_session() RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM api.logout(false);
    RETURN jsonb_build_object('cookie', NULL, 'body', jsonb_build_object('ended', true));
END
$$;
COMMENT ON FUNCTION api.end_browser_session() IS
    'Logs a browser out: ends the session, as POST /api/v1/auth/logout does, and takes its cookie away.';
REVOKE ALL ON FUNCTION api.end_browser_session() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.end_browser_session() TO viewer;
