CREATE OR REPLACE FUNCTION auth.caller_network() RETURNS cidr
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT network(set_masklen(a, CASE family(a) WHEN 6 THEN 64 ELSE 32 END)) FROM CAST(auth.request_member('address') AS inet) AS a
$$;
COMMENT ON FUNCTION auth.caller_network() IS
    'Where the request comes from, as one is counted: an IPv4 address, or an IPv6 network of 64 bits, which is what one customer gets. NULL in psql.';
REVOKE ALL ON FUNCTION auth.caller_network() FROM PUBLIC;
