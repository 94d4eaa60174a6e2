CREATE OR REPLACE FUNCTION ingest.replay(
    topic_like text DEFAULT '%', reason text DEFAULT NULL, since timestamptz DEFAULT '-infinity', max_messages integer DEFAULT 10000,
    OUT messages integer, OUT stored integer, OUT quarantined integer
)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_batch record;
BEGIN
    WITH chosen AS (
        SELECT q.id FROM ingest.quarantine AS q
        WHERE q.status = 'new' AND q.payload IS NOT NULL AND q.topic LIKE replay.topic_like
          AND (replay.reason IS NULL OR q.reason = replay.reason) AND q.received_at >= replay.since
          -- cut off at 64 KiB, or not text: these cannot get better by decoding again
          AND q.reason NOT IN ('oversized', 'not_utf8')
          -- thin reads these topics itself
          AND NOT EXISTS (SELECT FROM ingest.topic_decoder AS d
                          WHERE d.decoder IS NULL AND q.topic LIKE d.like_pattern)
        ORDER BY q.received_at, q.id
        LIMIT replay.max_messages
        FOR UPDATE SKIP LOCKED
    ), taken AS (
        UPDATE ingest.quarantine AS q
        SET status = 'replayed', handled_at = clock_timestamp(), handled_by = session_user
        FROM chosen AS c
        WHERE q.id = c.id
        RETURNING q.id, q.topic, q.payload, q.received_at
    )
    SELECT array_agg(t.topic) AS topic, array_agg(convert_from(t.payload, 'UTF8')) AS payload,
           array_agg(NULL::bytea) AS raw, array_agg(t.received_at) AS received_at
    INTO v_batch
    FROM (SELECT * FROM taken ORDER BY received_at, id) AS t;

    SELECT a.messages, a.stored, a.quarantined INTO messages, stored, quarantined
    FROM ingest.accept(coalesce(v_batch.topic, '{}'), coalesce(v_batch.payload, '{}'),
                       coalesce(v_batch.raw, '{}'), coalesce(v_batch.received_at, '{}')) AS a;
END
$$;
COMMENT ON FUNCTION ingest.replay(text, text, timestamptz, integer) IS
    'Sends quarantined messages through today''s decoders. What is still bad comes back as a new quarantine row; what had been stored in part is not stored twice. Arrival times are the original ones.';
REVOKE ALL ON FUNCTION ingest.replay(text, text, timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.replay(text, text, timestamptz, integer) TO engineer;
