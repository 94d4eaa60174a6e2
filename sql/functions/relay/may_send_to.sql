CREATE OR REPLACE FUNCTION relay.may_send_to(addresses text[]) RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT a.address
    FROM unnest(addresses) WITH ORDINALITY AS a (address, ordinal)
    -- an address that cannot be read is not sent to
    CROSS JOIN LATERAL (SELECT CASE WHEN pg_input_is_valid(a.address, 'inet')
                                    THEN a.address::inet END AS outer_address) AS o
    WHERE o.outer_address IS NOT NULL
      -- what it is, and what a gateway on the way would make of it
      AND NOT EXISTS (
        SELECT FROM unnest(ARRAY[o.outer_address, relay.embedded_address(o.outer_address)]) AS meant
        WHERE meant IS NOT NULL
          AND EXISTS (SELECT FROM relay.networks(ops.setting_text('relay.refused_networks')) AS n WHERE meant <<= n)
          AND NOT EXISTS (SELECT FROM relay.networks(ops.setting_text('relay.allowed_networks')) AS n
                          WHERE meant <<= n))
    ORDER BY a.ordinal
$$;
COMMENT ON FUNCTION relay.may_send_to(text[]) IS
    'Of the addresses that a name was resolved to, those that thin may connect to: not in relay.refused_networks, or '
    'excepted by relay.allowed_networks; an IPv6 address that stands for an IPv4 address is judged as both.';
REVOKE ALL ON FUNCTION relay.may_send_to(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relay.may_send_to(text[]) TO thin;
