CREATE OR REPLACE FUNCTION api.list_users("limit" integer DEFAULT 100, cursor text DEFAULT NULL, role text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_limit integer := api.page_limit("limit");
    v_after bigint := ((api.decode_cursor(cursor, '{bigint}'))[1])::bigint;
    v_items jsonb;
    v_last bigint;
BEGIN
    SELECT jsonb_agg(auth.account_json(p) ORDER BY p.id), max(p.id) INTO v_items, v_last
    FROM (
        SELECT a.* FROM auth.account AS a
        WHERE a.id > coalesce(v_after, 0) AND (list_users.role IS NULL OR a.role = list_users.role)
        ORDER BY a.id LIMIT v_limit
    ) AS p;
    RETURN jsonb_build_object(
        'items', coalesce(v_items, '[]'),
        'total', (SELECT count(*) FROM auth.account AS a WHERE list_users.role IS NULL OR a.role = list_users.role),
        'next_cursor', CASE WHEN jsonb_array_length(v_items) = v_limit THEN api.encode_cursor(v_last::text) END);
END
$$;
COMMENT ON FUNCTION api.list_users(integer, text, text) IS 'Users in the order in which they were added.';
REVOKE ALL ON FUNCTION api.list_users(integer, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_users(integer, text, text) TO admin;
