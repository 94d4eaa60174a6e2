CREATE OR REPLACE FUNCTION api.list_maintenance(
    equipment_id text DEFAULT NULL, status text DEFAULT NULL, kind text DEFAULT NULL, "limit" integer DEFAULT 100, cursor text DEFAULT NULL
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
    SELECT jsonb_agg(api.maintenance_json(p) ORDER BY p.id DESC), min(p.id) INTO v_items, v_last
    FROM (
        SELECT m.* FROM plant.maintenance AS m
        WHERE (v_before IS NULL OR m.id < v_before)
            AND (list_maintenance.equipment_id IS NULL OR m.equipment_id = list_maintenance.equipment_id)
            AND (list_maintenance.status IS NULL OR m.status = list_maintenance.status)
            AND (list_maintenance.kind IS NULL OR m.kind = list_maintenance.kind)
        ORDER BY m.id DESC LIMIT v_limit
    ) AS p;
    RETURN jsonb_build_object('items', coalesce(v_items, '[]'),
        'next_cursor', CASE WHEN jsonb_array_length(v_items) = v_limit THEN api.encode_cursor(v_last::text) END);
END
$$;
COMMENT ON FUNCTION api.list_maintenance(text, text, text, integer, text) IS 'Maintenance windows and work orders, newest entry first.';
REVOKE ALL ON FUNCTION api.list_maintenance(text, text, text, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_maintenance(text, text, text, integer, text) TO viewer;
