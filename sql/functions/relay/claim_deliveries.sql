CREATE OR REPLACE FUNCTION relay.claim_deliveries(worker text, max_rows integer)
    RETURNS TABLE (delivery_id bigint, seq bigint, channel text, kind text, target text, body text, headers jsonb,
                   attempt integer, timeout_ms integer)
    LANGUAGE sql VOLATILE SECURITY DEFINER ROWS 50
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH fresh AS (
        SELECT d.id
        FROM relay.delivery AS d
        JOIN relay.channel AS c ON c.id = d.channel_id AND c.enabled AND c.available
        WHERE d.status = 'pending' AND d.next_attempt_at <= clock_timestamp()
        ORDER BY d.next_attempt_at, d.seq
        LIMIT least(greatest(claim_deliveries.max_rows, 1), 500)
        FOR UPDATE OF d SKIP LOCKED
    ), abandoned AS (
        -- whose worker did not come back: its lease is over, somebody else sends (again)
        SELECT d.id
        FROM relay.delivery AS d
        WHERE d.status = 'sending' AND d.claimed_until <= clock_timestamp()
        ORDER BY d.claimed_until
        LIMIT least(greatest(claim_deliveries.max_rows, 1), 500)
        FOR UPDATE OF d SKIP LOCKED
    ), due AS (
        SELECT f.id FROM fresh AS f
        UNION ALL
        SELECT a.id FROM abandoned AS a
    ), claimed AS (
        UPDATE relay.delivery AS d
        SET status = 'sending',
            attempts = d.attempts + 1,
            claimed_by = claim_deliveries.worker,
            claimed_until = clock_timestamp() + c.request_timeout * 2 + INTERVAL '30 seconds',
            next_attempt_at = NULL
        FROM due, relay.channel AS c
        WHERE d.id = due.id AND c.id = d.channel_id
        RETURNING d.id, d.seq, d.channel_id, d.attempts
    )
    SELECT d.id, d.seq, c.name, c.kind, c.target,
           relay.render(c.kind, c.language, o.kind, o.event, o.severity, o.equipment_id, o.seq, o.created_at, o.data),
           c.headers, d.attempts, (extract(epoch FROM c.request_timeout) * 1000)::integer
    FROM claimed AS d
    JOIN relay.channel AS c ON c.id = d.channel_id
    JOIN relay.outbox AS o ON o.seq = d.seq
    ORDER BY d.seq, d.id
$$;
COMMENT ON FUNCTION relay.claim_deliveries(text, integer) IS
    'Takes due deliveries for a worker (SKIP LOCKED: any number of workers) with the body to send. Each must be finished with relay.finish_delivery before its lease ends: twice the channel''s timeout and 30 seconds.';
REVOKE ALL ON FUNCTION relay.claim_deliveries(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relay.claim_deliveries(text, integer) TO thin;
