CREATE OR REPLACE FUNCTION relay.wanted_environment() RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 5
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT DISTINCT substr(c.target, 5) FROM relay.channel AS c WHERE c.target LIKE 'env:%' ORDER BY 1
$$;
COMMENT ON FUNCTION relay.wanted_environment() IS
    'Names of the environment variables that channels take their address from; thin answers with relay.declare_environment.';
REVOKE ALL ON FUNCTION relay.wanted_environment() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relay.wanted_environment() TO thin;
