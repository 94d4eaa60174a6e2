CREATE OR REPLACE FUNCTION api.list_audit(
    object_type text DEFAULT NULL, object_id text DEFAULT NULL, user_id bigint DEFAULT NULL, action text DEFAULT NULL,
    "limit" integer DEFAULT 100, cursor text DEFAULT NULL
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
    SELECT jsonb_agg(jsonb_build_object('id', p.id, 'time', api.iso(p.occurred_at), 'actor', p.actor, 'user_id', p.account_id,
            'role', p.role, 'address', host(p.address), 'request_id', p.request_id, 'action', p.action,
            'object_type', p.object_type, 'object_id', p.object_id, 'before', p.before, 'after', p.after) ORDER BY p.id DESC), min(p.id)
        INTO v_items, v_last
    FROM (
        SELECT e.* FROM auth.audit_entry AS e
        WHERE (v_before IS NULL OR e.id < v_before)
            AND (list_audit.object_type IS NULL OR e.object_type = list_audit.object_type)
            AND (list_audit.object_id IS NULL OR e.object_id = list_audit.object_id)
            AND (list_audit.user_id IS NULL OR e.account_id = list_audit.user_id)
            AND (list_audit.action IS NULL OR e.action = list_audit.action)
        ORDER BY e.id DESC LIMIT v_limit
    ) AS p;
    RETURN jsonb_build_object('items', coalesce(v_items, '[]'),
        'next_cursor', CASE WHEN jsonb_array_length(v_items) = v_limit THEN api.encode_cursor(v_last::text) END);
END
$$;
COMMENT ON FUNCTION api.list_audit(text, text, bigint, text, integer, text) IS 'The audit trail, newest first.';
REVOKE ALL ON FUNCTION api.list_audit(text, text, bigint, text, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_audit(text, text, bigint, text, integer, text) TO admin;
