CREATE OR REPLACE FUNCTION api.list_costs(
    equipment_id text DEFAULT NULL, equipment_type text DEFAULT NULL, "limit" integer DEFAULT 100,
    cursor text DEFAULT NULL
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
    SELECT jsonb_agg(api.cost_json(p) ORDER BY p.id DESC), min(p.id) INTO v_items, v_last
    FROM (
        SELECT x.* FROM plant.cost AS x
        WHERE (v_before IS NULL OR x.id < v_before)
            AND (list_costs.equipment_id IS NULL OR x.equipment_id = list_costs.equipment_id)
            AND (list_costs.equipment_type IS NULL OR x.equipment_type = list_costs.equipment_type)
        ORDER BY x.id DESC LIMIT v_limit
    ) AS p;
    RETURN jsonb_build_object('items', coalesce(v_items, '[]'),
        'next_cursor', CASE WHEN jsonb_array_length(v_items) = v_limit THEN api.encode_cursor(v_last::text) END);
END
$$;
COMMENT ON FUNCTION api.list_costs(text, text, integer, text) IS 'Costs, newest entry first.';
REVOKE ALL ON FUNCTION api.list_costs(text, text, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_costs(text, text, integer, text) TO viewer;
