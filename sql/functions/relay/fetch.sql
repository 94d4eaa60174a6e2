CREATE OR REPLACE FUNCTION relay.fetch(after bigint, max_rows integer)
    RETURNS TABLE (seq bigint, kind text, equipment_id text, created_at timestamptz, message text)
    -- plpgsql keeps the plan: thin asks many times a second
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_language CONSTANT text := relay.default_language();
    v_page relay.notification[] := ARRAY(
        SELECT o FROM relay.notification AS o
        -- by position: fetch is a keyword and cannot qualify its own parameters
        WHERE o.seq > $1
        ORDER BY o.seq
        LIMIT least(greatest($2, 1), 10000));
BEGIN
    RETURN QUERY
    SELECT p.seq, p.kind, p.equipment_id, p.created_at,
           json_build_object(
               'type', 'notification',
               'seq', p.seq,
               'timestamp', to_char(p.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
               'data', relay.as_told(c.data, v_language))::text
    FROM relay.contents(v_page) AS c
    CROSS JOIN LATERAL (SELECT (v_page[c.ordinal]).*) AS p
    ORDER BY c.ordinal;
END
$$;
COMMENT ON FUNCTION relay.fetch(bigint, integer) IS
    'Notifications after a sequence number, in order, each with the WebSocket message ready to send: {type, seq, '
    'timestamp, data}.';
REVOKE ALL ON FUNCTION relay.fetch(bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relay.fetch(bigint, integer) TO thin;
