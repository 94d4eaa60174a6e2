CREATE OR REPLACE FUNCTION relay.finish_delivery(
    delivery_id bigint, worker text, succeeded boolean, status integer, error text, retry_after_ms bigint
) RETURNS text
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    UPDATE relay.delivery AS d
    SET status = outcome.status,
        last_status = finish_delivery.status,
        last_error = left(finish_delivery.error, 1000),
        delivered_at = CASE WHEN outcome.status = 'delivered' THEN clock_timestamp() END,
        next_attempt_at = CASE WHEN outcome.status = 'pending' THEN clock_timestamp() + greatest(
            outcome.delay,
            -- what the receiver asked for, within reason
            least(coalesce(retry_after_ms, 0), 86400000) * INTERVAL '1 ms') END,
        claimed_by = NULL,
        claimed_until = NULL
    FROM (
        SELECT m.id,
               CASE
                   WHEN succeeded THEN 'delivered'
                   -- SMTP: 4yz is for now, 5yz for good (RFC 5321, 4.2.1)
                   WHEN c.kind = 'email' AND finish_delivery.status BETWEEN 500 AND 599 THEN 'dead'
                   -- Slack's methods answer 200 whatever comes of it; these words of theirs mean "again"
                   WHEN c.kind = 'slack_bot' AND finish_delivery.status = 200
                       AND finish_delivery.error NOT IN ('ratelimited', 'internal_error', 'fatal_error', 'service_unavailable', 'request_timeout') THEN 'dead'
                   -- HTTP: an answer in the 400s will not change by asking again; timeouts and rate limits will
                   WHEN c.kind <> 'email' AND finish_delivery.status BETWEEN 400 AND 499 AND finish_delivery.status NOT IN (408, 425, 429) THEN 'dead'
                   WHEN m.attempts >= c.max_attempts THEN 'dead'
                   ELSE 'pending'
               END AS status,
               -- doubling back-off, half of it jitter, so that a thousand failures do not come back in one second
               least(c.longest_delay, c.first_delay * 2 ^ least(m.attempts - 1, 20)) * (0.5 + random() / 2) AS delay
        FROM relay.delivery AS m
        JOIN relay.channel AS c ON c.id = m.channel_id
        WHERE m.id = finish_delivery.delivery_id AND m.status = 'sending' AND m.claimed_by = finish_delivery.worker
        FOR NO KEY UPDATE OF m
    ) AS outcome
    WHERE d.id = outcome.id
    RETURNING d.status
$$;
COMMENT ON FUNCTION relay.finish_delivery(bigint, text, boolean, integer, text, bigint) IS
    'A worker reports how an attempt ended; returns the delivery''s new status (delivered, pending with back-off, dead), or NULL where the lease had been lost to another worker.';
REVOKE ALL ON FUNCTION relay.finish_delivery(bigint, text, boolean, integer, text, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relay.finish_delivery(bigint, text, boolean, integer, text, bigint) TO thin;
