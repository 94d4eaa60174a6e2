CREATE OR REPLACE FUNCTION auth.anonymous_role(address inet, method text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT a.access ->> 'role'
    FROM (SELECT auth.anonymous_access() AS access OFFSET 0) AS a
    WHERE anonymous_role.method IN ('GET', 'HEAD')
        AND EXISTS (SELECT FROM relay.networks(a.access ->> 'networks') AS n WHERE anonymous_role.address <<= n)
$$;
COMMENT ON FUNCTION auth.anonymous_role(inet, text) IS
    'The role that a request without a token acts as, by where it comes from and its method; NULL: it stays anonymous. '
    'Only '
    'what reads, and only from the networks of the setting auth.anonymous_networks. Decides for auth.begin_request.';
REVOKE ALL ON FUNCTION auth.anonymous_role(inet, text) FROM PUBLIC;
