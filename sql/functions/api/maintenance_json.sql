CREATE OR REPLACE FUNCTION api.maintenance_json(p_maintenance plant.maintenance) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT to_jsonb(p_maintenance) || jsonb_build_object(
        'starts_at', api.iso(p_maintenance.starts_at), 'ends_at', api.iso(p_maintenance.ends_at),
        'created_at', api.iso(p_maintenance.created_at), 'updated_at', api.iso(p_maintenance.updated_at))
$$;
COMMENT ON FUNCTION api.maintenance_json(plant.maintenance) IS 'A maintenance window or work order as clients see it.';
REVOKE ALL ON FUNCTION api.maintenance_json(plant.maintenance) FROM PUBLIC;
