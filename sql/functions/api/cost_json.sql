CREATE OR REPLACE FUNCTION api.cost_json(p_row plant.cost) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT to_jsonb(p_row) || jsonb_build_object(
        'created_at', api.iso(p_row.created_at),
        'updated_at', api.iso(p_row.updated_at))
$$;
COMMENT ON FUNCTION api.cost_json(plant.cost) IS 'A row of costs as clients see it.';
REVOKE ALL ON FUNCTION api.cost_json(plant.cost) FROM PUBLIC;
