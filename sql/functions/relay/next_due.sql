CREATE OR REPLACE FUNCTION relay.next_due() RETURNS timestamptz
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT least(
        (SELECT min(greatest(d.due, s.next_free, s.paused_until))
         FROM (SELECT x.channel_id, min(x.next_attempt_at) AS due FROM relay.delivery AS x WHERE x.status = 'pending'
               GROUP BY x.channel_id) AS d
         JOIN relay.channel AS c ON c.id = d.channel_id AND c.enabled AND c.available
         LEFT JOIN relay.channel_state AS s ON s.channel_id = c.id),
        (SELECT min(d.claimed_until) FROM relay.delivery AS d WHERE d.status = 'sending'))
$$;
COMMENT ON FUNCTION relay.next_due() IS
    'When the relay should look again although nobody wakes it; NULL: nothing waits.';
REVOKE ALL ON FUNCTION relay.next_due() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relay.next_due() TO thin;
