CREATE OR REPLACE FUNCTION relay.finish_delivery(
    delivery_id bigint, worker text, succeeded boolean, status integer, error text, retry_after_ms bigint,
    answer text DEFAULT NULL
) RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    d relay.delivery;
    c relay.channel;
    v_failures integer;
    v_status text;
    v_pause interval;
BEGIN
    SELECT x.* INTO d FROM relay.delivery AS x
    WHERE x.id = finish_delivery.delivery_id AND x.status = 'sending' AND x.claimed_by = finish_delivery.worker
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT x.* INTO c FROM relay.channel AS x WHERE x.id = d.channel_id;
    v_status := CASE
        WHEN succeeded THEN 'delivered'
        -- SMTP: 4yz is for now, 5yz for good (RFC 5321, 4.2.1)
        WHEN c.kind = 'email' AND finish_delivery.status BETWEEN 500 AND 599 THEN 'dead'
        -- Slack's methods answer 200 whatever comes of it; these words of theirs mean "again"
        WHEN c.kind = 'slack_bot' AND finish_delivery.status = 200
            AND finish_delivery.error NOT IN ('ratelimited', 'internal_error', 'fatal_error', 'service_unavailable',
                                              'request_timeout') THEN 'dead'
        -- HTTP: an answer in the 400s will not change by asking again; timeouts and rate limits will
        WHEN c.kind <> 'email' AND finish_delivery.status BETWEEN 400 AND 499
             AND finish_delivery.status NOT IN (408, 425, 429) THEN 'dead'
        WHEN d.attempts >= c.max_attempts THEN 'dead'
        ELSE 'pending' END;

    -- What may work later says that the channel cannot take anything now: all of it waits, not this one alone. The wait
    -- doubles, half of it jitter, and is at least what the receiver asked for, within reason.
    IF v_status = 'pending' OR (v_status = 'dead' AND d.attempts >= c.max_attempts) THEN
        INSERT INTO relay.channel_state AS s (channel_id, failures, failing_since) VALUES (c.id, 1, clock_timestamp())
        ON CONFLICT (channel_id) DO UPDATE SET failures = s.failures + 1,
            failing_since = coalesce(s.failing_since, clock_timestamp())
        RETURNING s.failures INTO v_failures;
        v_pause := greatest(
            least(c.longest_delay,
                  c.first_delay * 2 ^ least(greatest(d.attempts, v_failures) - 1, 20)) * (0.5 + random() / 2),
            least(coalesce(retry_after_ms, 0), 86400000) * INTERVAL '1 ms');
        UPDATE relay.channel_state AS s SET paused_until = clock_timestamp() + v_pause WHERE s.channel_id = c.id;
    ELSE
        UPDATE relay.channel_state AS s SET failures = 0, paused_until = NULL, failing_since = NULL
        WHERE s.channel_id = c.id AND (s.failures > 0 OR s.paused_until IS NOT NULL);
    END IF;

    UPDATE relay.delivery AS x
    SET status = v_status, last_status = finish_delivery.status, last_error = left(finish_delivery.error, 1000),
        last_answer = left(finish_delivery.answer, 500),
        delivered_at = CASE WHEN v_status = 'delivered' THEN clock_timestamp() END,
        next_attempt_at = CASE WHEN v_status = 'pending' THEN clock_timestamp() + v_pause END,
        claimed_by = NULL, claimed_until = NULL
    WHERE x.id = d.id;
    RETURN v_status;
END
$$;
COMMENT ON FUNCTION relay.finish_delivery(bigint, text, boolean, integer, text, bigint, text) IS
    'A worker reports how an attempt ended (error: in our words; answer: how the target''s began); returns the '
    'delivery''s new status (delivered, pending with back-off, dead), or NULL where the lease had been lost to another '
    'worker. A failure that may pass pauses the whole channel.';
REVOKE ALL ON FUNCTION relay.finish_delivery(bigint, text, boolean, integer, text, bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relay.finish_delivery(bigint, text, boolean, integer, text, bigint, text) TO thin;
