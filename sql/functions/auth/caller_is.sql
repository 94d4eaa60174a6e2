CREATE OR REPLACE FUNCTION auth.caller_is(minimum_role text) RETURNS boolean
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN pg_has_role(auth.caller_role(), minimum_role, 'USAGE');
END
$$;
COMMENT ON FUNCTION auth.caller_is(text) IS 'Whether the caller has this role or a higher one.';
REVOKE ALL ON FUNCTION auth.caller_is(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth.caller_is(text) TO anonymous, viewer;
