CREATE OR REPLACE FUNCTION auth.role_rank(role text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN array_position(ARRAY['anonymous', 'viewer', 'operator', 'engineer', 'admin'], role);
COMMENT ON FUNCTION auth.role_rank(text) IS 'Order of the roles: anonymous 1, viewer 2, operator 3, engineer 4, admin 5. NULL for any other name.';
REVOKE ALL ON FUNCTION auth.role_rank(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth.role_rank(text) TO viewer;
