CREATE OR REPLACE FUNCTION api.issue_ws_ticket() RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT auth.issue_ws_ticket()
$$;
COMMENT ON FUNCTION api.issue_ws_ticket() IS
    'A ticket for one WebSocket connection (?ticket=…) within 30 seconds, for clients that cannot send an Authorization header.';
REVOKE ALL ON FUNCTION api.issue_ws_ticket() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.issue_ws_ticket() TO viewer;
