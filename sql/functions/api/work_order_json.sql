CREATE OR REPLACE FUNCTION api.work_order_json(p_row plant.work_order) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT to_jsonb(p_row) || jsonb_build_object(
        'planned_from', api.iso(p_row.planned_from),
        'planned_to', api.iso(p_row.planned_to),
        'done_at', api.iso(p_row.done_at),
        'created_at', api.iso(p_row.created_at),
        'updated_at', api.iso(p_row.updated_at))
$$;
COMMENT ON FUNCTION api.work_order_json(plant.work_order) IS 'A work order as clients see it.';
REVOKE ALL ON FUNCTION api.work_order_json(plant.work_order) FROM PUBLIC;
