CREATE OR REPLACE FUNCTION ops.beat(instance text, run_id text, facts jsonb) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    c_history CONSTANT interval := '30 days'; -- of runs
    c_losses CONSTANT integer := 100; -- of connections, that are remembered
    v_process bigint;
    v_is_new boolean;
    v_messages bigint;
BEGIN
    INSERT INTO ops.process AS p (instance, run_id, version) VALUES (beat.instance, beat.run_id, left(facts ->> 'version', 64))
    ON CONFLICT (instance, run_id) DO UPDATE SET beat_at = clock_timestamp(), stopped_at = NULL
    RETURNING p.id, p.xmax = 0 INTO v_process, v_is_new;

    -- what came since the last beat; a lane that was opened anew counts from nothing
    SELECT sum(CASE WHEN l.messages <= x.messages THEN x.messages - l.messages ELSE x.messages END) INTO v_messages
    FROM jsonb_to_recordset(facts -> 'lanes') AS x (lane text, messages bigint)
    LEFT JOIN ops.process_lane AS l ON l.process_id = v_process AND l.lane = x.lane;
    INSERT INTO ops.ingest_minute AS m (minute, messages)
    SELECT date_trunc('minute', clock_timestamp()), v_messages WHERE v_messages > 0
    ON CONFLICT (minute) DO UPDATE SET messages = m.messages + excluded.messages;

    DELETE FROM ops.process_lane AS l
    WHERE l.process_id = v_process
      AND NOT EXISTS (SELECT FROM jsonb_to_recordset(facts -> 'lanes') AS x (lane text) WHERE x.lane = l.lane);
    INSERT INTO ops.process_lane AS l (process_id, lane, broker, is_connected, error, refusal, held_messages, failing_since,
                                       commit_seconds, lag_seconds, batches, batch_at, messages, reconnects)
    SELECT v_process, left(x.lane, 32), left(x.broker, 300), x.connected, left(x.error, 1000), left(x.refusal, 1000),
           coalesce(x.held_messages, 0), CASE WHEN x.stalled THEN clock_timestamp() END, x.commit_seconds, x.lag_seconds,
           coalesce(x.batches, 0), CASE WHEN x.batches > 0 THEN clock_timestamp() END, coalesce(x.messages, 0),
           coalesce(x.reconnects, 0)
    FROM jsonb_to_recordset(facts -> 'lanes') AS x (lane text, broker text, connected boolean, error text, refusal text,
        held_messages bigint, stalled boolean, commit_seconds float8, lag_seconds float8, batches bigint, messages bigint,
        reconnects bigint)
    ON CONFLICT (process_id, lane) DO UPDATE
    SET broker = excluded.broker, is_connected = excluded.is_connected,
        since = CASE WHEN l.is_connected = excluded.is_connected THEN l.since ELSE clock_timestamp() END,
        error = excluded.error, refusal = excluded.refusal, held_messages = excluded.held_messages,
        failing_since = CASE WHEN excluded.failing_since IS NOT NULL THEN coalesce(l.failing_since, excluded.failing_since) END,
        commit_seconds = excluded.commit_seconds, lag_seconds = excluded.lag_seconds, batches = excluded.batches,
        batch_at = CASE WHEN excluded.batches = l.batches THEN l.batch_at ELSE excluded.batch_at END,
        messages = excluded.messages, reconnects = excluded.reconnects,
        losses = CASE WHEN excluded.reconnects > l.reconnects
            THEN (array_fill(clock_timestamp(), ARRAY[least(excluded.reconnects - l.reconnects, c_losses)::integer]) || l.losses)[1:c_losses]
            ELSE l.losses END;

    DELETE FROM ops.process_volume AS v
    WHERE v.process_id = v_process
      AND NOT EXISTS (SELECT FROM jsonb_to_recordset(facts -> 'volumes') AS x (path text) WHERE x.path = v.path);
    INSERT INTO ops.process_volume AS v (process_id, path, total_bytes, free_bytes)
    SELECT v_process, left(x.path, 1000), x.total_bytes, x.free_bytes
    FROM jsonb_to_recordset(facts -> 'volumes') AS x (path text, total_bytes float8, free_bytes float8)
    WHERE x.total_bytes > 0
    ON CONFLICT (process_id, path) DO UPDATE SET total_bytes = excluded.total_bytes, free_bytes = excluded.free_bytes;

    IF v_is_new THEN
        DELETE FROM ops.process AS p WHERE p.beat_at < clock_timestamp() - c_history;
        DELETE FROM ops.ingest_minute AS m WHERE m.minute < clock_timestamp() - INTERVAL '1 day';
    END IF;
END
$$;
COMMENT ON FUNCTION ops.beat(text, text, jsonb) IS
    'The heartbeat of a thin process (THIN_INSTANCE, a name for this run): {version, lanes: [{lane, broker, connected, error, refusal, held_messages, stalled, commit_seconds, lag_seconds, batches, messages, reconnects}], volumes: [{path, total_bytes, free_bytes}]}. Facts only: alarm.judge_system judges them.';
REVOKE ALL ON FUNCTION ops.beat(text, text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.beat(text, text, jsonb) TO thin;
