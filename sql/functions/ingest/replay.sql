CREATE OR REPLACE FUNCTION ingest.replay(
    topic_like text DEFAULT '%', reason text DEFAULT NULL, since timestamptz DEFAULT '-infinity',
    max_messages integer DEFAULT 10000,
    OUT messages integer, OUT stored integer, OUT quarantined integer
)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    c_kept CONSTANT integer := 65536; -- bytes of a payload that quarantine keeps
    v_id bigint[];
    v_one bigint;
    v_did record;
    v_failed boolean := false;
BEGIN
    messages := 0; stored := 0; quarantined := 0;
    SELECT coalesce(array_agg(c.id), '{}') INTO v_id
    FROM (
        SELECT q.id FROM ingest.quarantine AS q
        WHERE q.status = 'new' AND q.payload IS NOT NULL AND q.topic LIKE replay.topic_like
          AND (replay.reason IS NULL OR q.reason = replay.reason) AND q.received_at >= replay.since
          -- cut off, or not text: these cannot get better by decoding again
          AND q.reason NOT IN ('oversized', 'not_utf8') AND octet_length(q.payload) < c_kept
          -- thin reads these topics itself
          AND NOT EXISTS (SELECT FROM ingest.topic_decoder AS d
                          WHERE d.decoder IS NULL AND ingest.claims(d, q.topic))
        ORDER BY q.received_at, q.id
        LIMIT replay.max_messages
        FOR UPDATE SKIP LOCKED
    ) AS c;
    BEGIN
        SELECT r.messages, r.stored, r.quarantined INTO messages, stored, quarantined
        FROM ingest.replay_these(v_id) AS r;
    EXCEPTION WHEN OTHERS THEN
        v_failed := true;
    END;
    IF NOT v_failed THEN
        RETURN;
    END IF;
    -- One of them still fails: each by itself, so that it holds up no other. It stays as it is and says what came of
    -- it.
    FOREACH v_one IN ARRAY v_id LOOP
        BEGIN
            SELECT r.* INTO v_did FROM ingest.replay_these(ARRAY[v_one]) AS r;
            stored := stored + v_did.stored;
            quarantined := quarantined + v_did.quarantined;
        EXCEPTION WHEN OTHERS THEN
            UPDATE ingest.quarantine AS q SET detail = left(SQLSTATE || ' ' || SQLERRM, 1000) WHERE q.id = v_one;
            quarantined := quarantined + 1;
        END;
        messages := messages + 1;
    END LOOP;
END
$$;
COMMENT ON FUNCTION ingest.replay(text, text, timestamptz, integer) IS
    'Sends quarantined messages through today''s decoders. What is still bad comes back as a new quarantine row, or '
    'stays where its decoder raises; what had been stored in part is not stored twice. Arrival times are the original '
    'ones. Messages of which only the first 64 KiB were kept are left out.';
REVOKE ALL ON FUNCTION ingest.replay(text, text, timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.replay(text, text, timestamptz, integer) TO engineer;
