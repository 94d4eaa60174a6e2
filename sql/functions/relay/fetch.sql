CREATE OR REPLACE FUNCTION relay.fetch(after bigint, max_rows integer)
    RETURNS TABLE (seq bigint, kind text, equipment_id text, created_at timestamptz, message text)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT o.seq, o.kind, o.equipment_id, o.created_at,
           json_build_object(
               'type', 'notification',
               'seq', o.seq,
               'timestamp', to_char(o.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
               'data', o.data)::text
    FROM relay.outbox AS o
    -- by position: fetch is a keyword and cannot qualify its own parameters
    WHERE o.seq > $1
    ORDER BY o.seq
    LIMIT least(greatest($2, 1), 10000)
$$;
COMMENT ON FUNCTION relay.fetch(bigint, integer) IS
    'Notifications after a sequence number, in order, each with the WebSocket message ready to send: {type, seq, timestamp, data}.';
REVOKE ALL ON FUNCTION relay.fetch(bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relay.fetch(bigint, integer) TO thin;
