CREATE OR REPLACE FUNCTION ingest.replay_these(
    id bigint[], OUT messages integer, OUT stored integer, OUT quarantined integer
)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_batch record;
BEGIN
    WITH taken AS (
        UPDATE ingest.quarantine AS q
        SET status = 'replayed', handled_at = clock_timestamp(), handled_by = auth.actor()
        WHERE q.id = ANY (replay_these.id)
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
COMMENT ON FUNCTION ingest.replay_these(bigint[]) IS
    'Sends these quarantined messages through today''s decoders, all or none. Part of ingest.replay.';
REVOKE ALL ON FUNCTION ingest.replay_these(bigint[]) FROM PUBLIC;
