CREATE OR REPLACE FUNCTION auth.caller_role() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
-- the role setting, not current_user: inside SECURITY DEFINER that is the owner. It cannot be forged: SET ROLE asks for membership
RETURN CASE current_setting('role') WHEN 'none' THEN session_user ELSE current_setting('role') END;
COMMENT ON FUNCTION auth.caller_role() IS 'The role that the request or the psql session runs as, also inside SECURITY DEFINER functions.';
REVOKE ALL ON FUNCTION auth.caller_role() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth.caller_role() TO anonymous, viewer;
