CREATE OR REPLACE FUNCTION api.list_deliveries(
    status text DEFAULT NULL, channel_id integer DEFAULT NULL, seq bigint DEFAULT NULL, "limit" integer DEFAULT 100, cursor text DEFAULT NULL
) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_limit integer := api.page_limit("limit");
    v_before bigint := ((api.decode_cursor(cursor, '{bigint}'))[1])::bigint;
    v_items jsonb;
    v_last bigint;
BEGIN
    SELECT jsonb_agg(jsonb_build_object('id', p.id, 'seq', p.seq, 'channel_id', p.channel_id, 'channel', c.name, 'status', p.status,
            'folded_into', p.folded_into,
            'attempts', p.attempts, 'next_attempt_at', api.iso(p.next_attempt_at), 'last_status', p.last_status,
            'last_error', p.last_error,
            'last_answer', CASE WHEN auth.caller_is('admin') THEN p.last_answer END, 'delivered_at', api.iso(p.delivered_at), 'created_at', api.iso(p.created_at)) ORDER BY p.id DESC),
        min(p.id)
        INTO v_items, v_last
    FROM (
        SELECT d.* FROM relay.delivery AS d
        WHERE (v_before IS NULL OR d.id < v_before)
            AND (list_deliveries.status IS NULL OR d.status = list_deliveries.status)
            AND (list_deliveries.channel_id IS NULL OR d.channel_id = list_deliveries.channel_id)
            AND (list_deliveries.seq IS NULL OR d.seq = list_deliveries.seq)
        ORDER BY d.id DESC LIMIT v_limit
    ) AS p
    JOIN relay.channel AS c ON c.id = p.channel_id;
    RETURN jsonb_build_object('items', coalesce(v_items, '[]'),
        'next_cursor', CASE WHEN jsonb_array_length(v_items) = v_limit THEN api.encode_cursor(v_last::text) END);
END
$$;
COMMENT ON FUNCTION api.list_deliveries(text, integer, bigint, integer, text) IS
    'What became of notifications to Slack, e-mail and webhooks, newest first. status dead: given up after all attempts.';
REVOKE ALL ON FUNCTION api.list_deliveries(text, integer, bigint, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_deliveries(text, integer, bigint, integer, text) TO engineer;
