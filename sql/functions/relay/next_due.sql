CREATE OR REPLACE FUNCTION relay.next_due() RETURNS timestamptz
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT least(
        (SELECT min(d.next_attempt_at) FROM relay.delivery AS d
         JOIN relay.channel AS c ON c.id = d.channel_id AND c.enabled AND c.available
         WHERE d.status = 'pending'),
        (SELECT min(d.claimed_until) FROM relay.delivery AS d WHERE d.status = 'sending'))
$$;
COMMENT ON FUNCTION relay.next_due() IS 'When the relay should look again although nobody wakes it; NULL: nothing waits.';
REVOKE ALL ON FUNCTION relay.next_due() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relay.next_due() TO thin;
