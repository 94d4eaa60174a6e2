CREATE OR REPLACE FUNCTION api.list_notifications(
    kind text DEFAULT NULL, severity text DEFAULT NULL, device_id text DEFAULT NULL, "limit" integer DEFAULT 50,
    page integer DEFAULT 1, cursor text DEFAULT NULL
) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_limit integer := api.page_limit("limit");
    v_before bigint := ((api.decode_cursor(cursor, '{bigint}'))[1])::bigint;
    v_page relay.notification[];
    v_items jsonb;
    v_last bigint;
    v_total bigint;
BEGIN
    IF page IS NULL OR page NOT BETWEEN 1 AND 100000 THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'page', MESSAGE = 'page must be 1 or more';
    END IF;
    v_page := ARRAY(
        SELECT o FROM relay.notification AS o
        WHERE (v_before IS NULL OR o.seq < v_before)
            AND (list_notifications.kind IS NULL OR o.kind = list_notifications.kind)
            AND (list_notifications.severity IS NULL OR o.severity = list_notifications.severity)
            AND (list_notifications.device_id IS NULL OR o.equipment_id = list_notifications.device_id)
        ORDER BY o.seq DESC
            LIMIT v_limit OFFSET CASE WHEN v_before IS NULL THEN (page - 1)::bigint * v_limit ELSE 0 END);
    SELECT jsonb_agg(jsonb_build_object('type', 'notification', 'seq', p.seq, 'timestamp', api.iso(p.created_at),
                                        'data', relay.as_told(c.data))
            ORDER BY p.seq DESC), min(p.seq)
        INTO v_items, v_last
    FROM relay.contents(v_page) AS c
    CROSS JOIN LATERAL (SELECT (v_page[c.ordinal]).*) AS p;
    IF num_nonnulls(kind, severity, device_id) = 0 THEN
        -- numbers have no gaps, so two look-ups count the table
        SELECT coalesce(max(o.seq) - min(o.seq) + 1, 0) INTO v_total FROM relay.notification AS o;
    ELSE
        SELECT count(*) INTO v_total FROM relay.notification AS o
        WHERE (list_notifications.kind IS NULL OR o.kind = list_notifications.kind)
            AND (list_notifications.severity IS NULL OR o.severity = list_notifications.severity)
            AND (list_notifications.device_id IS NULL OR o.equipment_id = list_notifications.device_id);
    END IF;
    RETURN jsonb_build_object('notifications', coalesce(v_items, '[]'), 'total', v_total, 'page', page, 'size', v_limit,
        'next_cursor', CASE WHEN jsonb_array_length(v_items) = v_limit THEN api.encode_cursor(v_last::text) END);
END
$$;
COMMENT ON FUNCTION api.list_notifications(text, text, text, integer, integer, text) IS
    'What was sent to WebSocket clients and channels, newest first, as it was sent: {type, seq, timestamp, data}. Kept '
    'for the setting relay.outbox_retention.';
REVOKE ALL ON FUNCTION api.list_notifications(text, text, text, integer, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_notifications(text, text, text, integer, integer, text) TO viewer;
