CREATE OR REPLACE FUNCTION relay.rate(channel_id integer) RETURNS float8
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(c.rate, k.rate) FROM relay.channel AS c JOIN relay.channel_kind AS k ON k.kind = c.kind
    WHERE c.id = channel_id
$$;
COMMENT ON FUNCTION relay.rate(integer) IS
    'Messages per second that a channel takes: its own, else its kind''s; NULL: any number.';
REVOKE ALL ON FUNCTION relay.rate(integer) FROM PUBLIC;
