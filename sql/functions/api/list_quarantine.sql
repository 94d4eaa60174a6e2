CREATE OR REPLACE FUNCTION api.list_quarantine(
    topic text DEFAULT NULL, reason text DEFAULT NULL, status text DEFAULT 'new', "limit" integer DEFAULT 100, cursor text DEFAULT NULL
) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_shown CONSTANT integer := 2048; -- bytes of a payload
    v_limit integer := api.page_limit("limit");
    v_before bigint := ((api.decode_cursor(cursor, '{bigint}'))[1])::bigint;
    v_items jsonb;
    v_last bigint;
BEGIN
    SELECT jsonb_agg(jsonb_build_object('id', p.id, 'topic', p.topic, 'reason', p.reason, 'detail', p.detail,
            'received_at', api.iso(p.received_at), 'repeated', p.repeated, 'status', p.status, 'payload_bytes', length(p.payload),
            -- readable where it is text, and never an error where it is not
            'payload', encode(substr(p.payload, 1, c_shown), 'escape')) ORDER BY p.id DESC), min(p.id)
        INTO v_items, v_last
    FROM (
        SELECT q.* FROM ingest.quarantine AS q
        WHERE (v_before IS NULL OR q.id < v_before)
            -- the index is on the hash; topics may be longer than an index row
            AND (list_quarantine.topic IS NULL OR hashtextextended(q.topic, 0) = hashtextextended(list_quarantine.topic, 0) AND q.topic = list_quarantine.topic)
            AND (list_quarantine.reason IS NULL OR q.reason = list_quarantine.reason)
            AND (list_quarantine.status IS NULL OR q.status = list_quarantine.status)
        ORDER BY q.id DESC LIMIT v_limit
    ) AS p;
    RETURN jsonb_build_object('items', coalesce(v_items, '[]'),
        'next_cursor', CASE WHEN jsonb_array_length(v_items) = v_limit THEN api.encode_cursor(v_last::text) END);
END
$$;
COMMENT ON FUNCTION api.list_quarantine(text, text, text, integer, text) IS
    'Messages that could not be stored, with the reason, newest first. Payloads are cut at 2 KiB; bytes that are not ASCII are shown as octal escapes.';
REVOKE ALL ON FUNCTION api.list_quarantine(text, text, text, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_quarantine(text, text, text, integer, text) TO engineer;
