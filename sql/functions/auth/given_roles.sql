CREATE OR REPLACE FUNCTION auth.given_roles() RETURNS text[]
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT array_agg(r.name ORDER BY r.rank) FROM auth.role AS r WHERE r.rank > (SELECT min(x.rank) FROM auth.role AS x)
$$;
COMMENT ON FUNCTION auth.given_roles() IS 'The roles that an account or a key may have, least first: all of auth.role but that of requests without a token.';
REVOKE ALL ON FUNCTION auth.given_roles() FROM PUBLIC;
