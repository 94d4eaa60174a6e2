CREATE OR REPLACE FUNCTION api.component_json(p_row plant.component) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT to_jsonb(p_row) || jsonb_build_object(
        'created_at', api.iso(p_row.created_at),
        'updated_at', api.iso(p_row.updated_at))
$$;
COMMENT ON FUNCTION api.component_json(plant.component) IS 'A component as clients see it.';
REVOKE ALL ON FUNCTION api.component_json(plant.component) FROM PUBLIC;
