CREATE OR REPLACE FUNCTION ingest.decode_backlog(deadline timestamptz) RETURNS bigint
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    m ingest.backlog_message;
    v_sqlstate text;
    v_error text;
    v_messages bigint := 0;
BEGIN
    PERFORM set_config('millwright.put_aside', 'off', true);
    -- One message at a time: each is as much work as a batch, and one that fails must not take others with it.
    WHILE v_messages = 0 OR clock_timestamp() < deadline LOOP
        DELETE FROM ingest.backlog_message AS b
        WHERE b.id = (SELECT n.id FROM ingest.backlog_message AS n ORDER BY n.id LIMIT 1)
        RETURNING b.* INTO m;
        EXIT WHEN NOT FOUND;
        v_messages := v_messages + 1;
        BEGIN
            PERFORM ingest.accept(ARRAY[m.topic], ARRAY[m.payload], ARRAY[NULL::bytea], ARRAY[m.received_at]);
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS v_sqlstate = RETURNED_SQLSTATE, v_error = MESSAGE_TEXT;
            -- not the message's fault: the job comes round again
            IF api.fault_of(v_sqlstate) IN ('service', 'time') THEN
                RAISE;
            END IF;
            PERFORM ingest.quarantine_batch(ARRAY[m.topic], ARRAY[convert_to(m.payload, 'UTF8')],
                                            ARRAY['decoder_failed'],
                                            ARRAY[v_sqlstate || ': ' || v_error], ARRAY[m.received_at]);
        END;
    END LOOP;
    PERFORM set_config('millwright.put_aside', '', true);
    RETURN v_messages;
END
$$;
COMMENT ON FUNCTION ingest.decode_backlog(timestamptz) IS
    'Sends messages of ingest.backlog_message through ingest.accept until the deadline, at least one, and returns how '
    'many. Called by ingest.backfill.';
REVOKE ALL ON FUNCTION ingest.decode_backlog(timestamptz) FROM PUBLIC;
