CREATE OR REPLACE FUNCTION relay.claim_deliveries(worker text, max_rows integer)
    RETURNS TABLE (delivery_id bigint, seq bigint, channel text, kind text, target text, body text, headers jsonb,
                   attempt integer, timeout_ms integer)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 50
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    -- of one channel in one claim: thin sends them one after the other, and the lease must outlast the last
    c_at_once CONSTANT integer := 10;
    v_channels integer[];
    v_claimed bigint[];
BEGIN
    INSERT INTO relay.channel_state (channel_id)
    SELECT c.id FROM relay.channel AS c
    WHERE NOT EXISTS (SELECT FROM relay.channel_state AS s WHERE s.channel_id = c.id)
    ON CONFLICT DO NOTHING;
    -- who claims of a channel holds it until the commit: its order and its rate are one worker's at a time
    SELECT array_agg(x.channel_id) INTO v_channels
    FROM (
        SELECT s.channel_id
        FROM relay.channel_state AS s
        JOIN relay.channel AS c ON c.id = s.channel_id AND c.enabled AND c.available
        WHERE s.next_free <= clock_timestamp() AND (s.paused_until IS NULL OR s.paused_until <= clock_timestamp())
          AND EXISTS (SELECT FROM relay.delivery AS d WHERE d.channel_id = s.channel_id
                      AND d.status IN ('pending', 'sending'))
        ORDER BY s.channel_id
        FOR UPDATE OF s SKIP LOCKED
    ) AS x;
    IF v_channels IS NULL THEN
        RETURN;
    END IF;
    PERFORM relay.fold(v_channels);

    WITH abandoned AS (
        -- whose worker did not come back: its lease is over, somebody else sends (again)
        UPDATE relay.delivery AS d
        SET status = 'pending', next_attempt_at = clock_timestamp(), claimed_by = NULL, claimed_until = NULL
        WHERE d.status = 'sending' AND d.claimed_until <= clock_timestamp() AND d.channel_id = ANY (v_channels)
        RETURNING d.id, d.channel_id, d.subject
    ), telling AS (
        -- what each that has not arrived yet is about: a digest about many things
        SELECT b.id, b.channel_id, b.subject
        FROM relay.delivery AS b
        WHERE b.channel_id = ANY (v_channels) AND b.status IN ('pending', 'sending')
        UNION ALL
        SELECT b.id, b.channel_id, f.subject
        FROM relay.delivery AS b
        JOIN relay.delivery AS f ON f.folded_into = b.id
        WHERE b.channel_id = ANY (v_channels) AND b.status IN ('pending', 'sending')
    ), early AS MATERIALIZED (
        SELECT DISTINCT x.id
        FROM (SELECT t.id, min(t.id) OVER (PARTITION BY t.channel_id, t.subject) AS first FROM telling AS t
              WHERE t.subject IS NOT NULL) AS x
        WHERE x.first < x.id
    ), due AS (
        SELECT d.id, d.channel_id, row_number() OVER (PARTITION BY d.channel_id ORDER BY d.id) AS place
        FROM relay.delivery AS d
        WHERE d.channel_id = ANY (v_channels) AND d.status = 'pending' AND d.next_attempt_at <= clock_timestamp()
          -- one at a time about one thing
          AND NOT EXISTS (SELECT FROM early AS e WHERE e.id = d.id)
          AND NOT EXISTS (SELECT FROM abandoned AS b WHERE b.channel_id = d.channel_id)
        UNION ALL
        SELECT a.id, a.channel_id, row_number() OVER (PARTITION BY a.channel_id ORDER BY a.id) FROM abandoned AS a
    ), chosen AS (
        SELECT u.id, u.channel_id
        FROM due AS u
        JOIN relay.channel_state AS s ON s.channel_id = u.channel_id
        CROSS JOIN LATERAL (SELECT relay.rate(u.channel_id) AS per_second) AS r
        -- a channel that fails is tried with one; a slow one gets what its rate has allowed since
        -- (the constant first: the rate is asked for no more rows than may go)
        WHERE u.place <= c_at_once
          AND u.place <= CASE WHEN s.failures > 0 THEN 1
                              WHEN r.per_second IS NULL THEN c_at_once
                              ELSE greatest(1, least(c_at_once, ceil(r.per_second),
                                  r.per_second * least(extract(epoch FROM clock_timestamp() - s.next_free),
                                                       60)))::integer END
        ORDER BY u.id
        LIMIT least(greatest(claim_deliveries.max_rows, 1), 500)
    )
    SELECT array_agg(c.id) INTO v_claimed FROM chosen AS c;
    IF v_claimed IS NULL THEN
        RETURN;
    END IF;
    UPDATE relay.delivery AS d
    SET status = 'sending', attempts = d.attempts + 1, claimed_by = claim_deliveries.worker,
        claimed_until = clock_timestamp() + c.request_timeout * (c_at_once + 1) + INTERVAL '30 seconds',
        next_attempt_at = NULL
    FROM relay.channel AS c
    WHERE d.id = ANY (v_claimed) AND c.id = d.channel_id;
    UPDATE relay.channel_state AS s
    SET next_free = greatest(s.next_free, clock_timestamp()) + n.count / r.per_second * INTERVAL '1 second'
    FROM (SELECT d.channel_id, count(*) AS count FROM relay.delivery AS d WHERE d.id = ANY (v_claimed)
          GROUP BY d.channel_id) AS n
    CROSS JOIN LATERAL (SELECT relay.rate(n.channel_id) AS per_second) AS r
    WHERE s.channel_id = n.channel_id AND r.per_second IS NOT NULL;

    RETURN QUERY
    SELECT d.id, d.seq, c.name, c.kind,
           -- checked where it is written (relay.check_channel), and once more before anything leaves
           CASE WHEN c.target LIKE 'env:%' AND NOT relay.is_channel_variable(substr(c.target, 5)) THEN 'env:'
                ELSE relay.resolve_target(c.target) END,
           relay.render(c.kind, g.language, m.kind, m.event, m.severity, m.equipment_id, d.seq,
                        coalesce(o.created_at, d.created_at), m.data),
           c.headers, d.attempts, (extract(epoch FROM c.request_timeout) * 1000)::integer
    FROM relay.delivery AS d
    JOIN relay.channel AS c ON c.id = d.channel_id
    LEFT JOIN relay.notification AS o ON o.seq = d.seq
    CROSS JOIN LATERAL (SELECT coalesce(c.language, relay.default_language()) AS language OFFSET 0) AS g
    CROSS JOIN LATERAL (
        -- programs get every language, people theirs
        SELECT relay.with_folded(d.id, CASE WHEN c.kind <> 'webhook' THEN ARRAY[g.language] END) AS data OFFSET 0
    ) AS f
    CROSS JOIN LATERAL (
        SELECT f.data, coalesce(f.data ->> 'kind', o.kind) AS kind, coalesce(f.data ->> 'event', o.event) AS event,
               coalesce(f.data ->> 'severity', o.severity) AS severity, f.data ->> 'device_id' AS equipment_id
    ) AS m
    WHERE d.id = ANY (v_claimed)
    ORDER BY d.id;
END
$$;
COMMENT ON FUNCTION relay.claim_deliveries(text, integer) IS
    'Takes due deliveries for a worker (any number of workers) with the body to send: as many as each channel''s rate '
    'allows, about one subject one at a time, and what was overtaken folded into what overtook it. Each must be '
    'finished with relay.finish_delivery before its lease ends.';
REVOKE ALL ON FUNCTION relay.claim_deliveries(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relay.claim_deliveries(text, integer) TO thin;
