CREATE OR REPLACE FUNCTION relay.embedded_address(address inet) RETURNS inet
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- 32 bits of the address from a byte on (0 first), as an IPv4 address
    SELECT '0.0.0.0'::inet + (('x' || substr(b.hex, 2 * f.at + 1, 8))::bit(32)::bigint # f.mask)
    FROM (SELECT encode(substr(inet_send(address), 5), 'hex') AS hex) AS b,
         (VALUES ('::ffff:0:0/96'::inet, 12, 0::bigint),            -- IPv4-mapped (RFC 4291)
                 ('::/96', 12, 0),                                  -- IPv4-compatible
                 ('::ffff:0:0:0/96', 12, 0),                        -- IPv4-translated (RFC 2765)
                 ('64:ff9b::/96', 12, 0),                           -- NAT64 (RFC 6052)
                 ('64:ff9b:1::/48', 12, 0),                         -- NAT64, local use (RFC 8215)
                 ('2002::/16', 2, 0),                               -- 6to4 (RFC 3056)
                 ('2001::/32', 12, 4294967295)) AS f (prefix, at, mask)  -- Teredo (RFC 4380): inverted
    WHERE family(address) = 6 AND address <<= f.prefix
    UNION ALL
    -- ISATAP (RFC 5214): ::0:5efe:a.b.c.d below any prefix
    SELECT '0.0.0.0'::inet + ('x' || substr(encode(substr(inet_send(address), 5), 'hex'), 25, 8))::bit(32)::bigint
    WHERE family(address) = 6
      AND substr(encode(substr(inet_send(address), 5), 'hex'), 17, 8) IN ('00005efe', '02005efe')
    LIMIT 1
$$;
COMMENT ON FUNCTION relay.embedded_address(inet) IS
    'The IPv4 address that an IPv6 address stands for (mapped, compatible, translated, NAT64, 6to4, Teredo, ISATAP); '
    'NULL: none.';
REVOKE ALL ON FUNCTION relay.embedded_address(inet) FROM PUBLIC;
