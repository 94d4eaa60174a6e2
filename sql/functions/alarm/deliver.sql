CREATE OR REPLACE FUNCTION alarm.deliver(after bigint, alarm_ids bigint[], happened text[]) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
AS $$
#variable_conflict use_column
BEGIN
    IF NOT EXISTS (SELECT FROM relay.channel AS c WHERE c.enabled AND c.available) THEN
        RETURN;
    END IF;
    WITH item AS MATERIALIZED (
        SELECT o.seq, o.event, o.severity, i.happened, a.id AS alarm_id, alarm.subject(a) AS subject,
               bool_or(e.closes) OVER (PARTITION BY a.id) AS clears, e.closes, e.opens, e.stands, h.frees
        FROM unnest(deliver.alarm_ids, deliver.happened) WITH ORDINALITY AS i (alarm_id, happened, ordinal)
        JOIN relay.notification AS o ON o.seq = deliver.after + i.ordinal
        JOIN alarm.transition_kind AS e ON e.kind = o.event
        JOIN alarm.transition_kind AS h ON h.kind = i.happened
        JOIN alarm.alarm AS a ON a.id = i.alarm_id
    ), heard AS (
        -- per channel: do its routes ask for the event, would they have asked for the raise, may they hear of a clear
        SELECT i.*, h.channel_id, h.asked, h.would_raise, h.hears_cleared,
               t.alarm_id IS NOT NULL
                   -- or told a moment before, in the same batch
                   OR coalesce(bool_or(i.stands AND h.would_raise) OVER (PARTITION BY i.alarm_id, h.channel_id
                                                                         ORDER BY i.seq
                                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), false) AS believed
        FROM item AS i
        CROSS JOIN LATERAL alarm.interest(i.alarm_id, i.event, i.severity) AS h
        LEFT JOIN alarm.told AS t ON t.alarm_id = i.alarm_id AND t.channel_id = h.channel_id
    ), decided AS MATERIALIZED (
        SELECT h.seq, h.alarm_id, h.subject, h.severity, h.stands, h.clears, h.channel_id, h.would_raise, h.believed,
               CASE
                   -- who never hears of raises may ask for clears alone
                   WHEN h.closes THEN CASE WHEN h.believed THEN h.hears_cleared ELSE h.asked AND NOT h.would_raise END
                   WHEN h.frees THEN h.would_raise OR h.asked
                   WHEN h.opens THEN h.would_raise AND NOT h.believed
                   -- a severity that a route waits for: to it the alarm is new
                   WHEN h.stands THEN h.asked OR (h.would_raise AND NOT h.believed)
                   -- what was done to it: whoever asks
                   ELSE h.asked
               END AS is_told
        FROM heard AS h
    ), queued AS (
        INSERT INTO relay.delivery (seq, channel_id, subject)
        SELECT d.seq, d.channel_id, d.subject FROM decided AS d WHERE d.is_told ORDER BY d.seq, d.channel_id
    ), believe AS (
        INSERT INTO alarm.told AS t (alarm_id, channel_id, severity)
        SELECT DISTINCT ON (d.alarm_id, d.channel_id) d.alarm_id, d.channel_id, d.severity
        FROM decided AS d
        WHERE d.is_told AND d.stands AND NOT d.clears AND (d.would_raise OR d.believed)
        ORDER BY d.alarm_id, d.channel_id, d.seq DESC
        ON CONFLICT (alarm_id, channel_id) DO UPDATE SET severity = excluded.severity
        WHERE t.severity IS DISTINCT FROM excluded.severity
    )
    DELETE FROM alarm.told AS t
    USING item AS i, relay.channel AS c
    -- a channel that cannot be reached now still believes: alarm.reconcile tells it later
    WHERE i.closes AND t.alarm_id = i.alarm_id AND c.id = t.channel_id AND c.enabled AND c.available;
END
$$;
COMMENT ON FUNCTION alarm.deliver(bigint, bigint[], text[]) IS
    'Queues the outbox rows after a sequence number, one for each alarm given, for the channels whose belief they '
    'change or whose routes ask for them, and notes what these believe then. happened: the kinds of the transitions. '
    'Part of alarm.announce.';
REVOKE ALL ON FUNCTION alarm.deliver(bigint, bigint[], text[]) FROM PUBLIC;
