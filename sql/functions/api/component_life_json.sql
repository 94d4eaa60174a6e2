CREATE OR REPLACE FUNCTION api.component_life_json(p_row plant.component_life) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT to_jsonb(p_row) || jsonb_build_object(
        'installed_at', api.iso(p_row.installed_at),
        'removed_at', api.iso(p_row.removed_at),
        'created_at', api.iso(p_row.created_at),
        'updated_at', api.iso(p_row.updated_at))
$$;
COMMENT ON FUNCTION api.component_life_json(plant.component_life) IS 'A life as clients see it.';
REVOKE ALL ON FUNCTION api.component_life_json(plant.component_life) FROM PUBLIC;
