CREATE OR REPLACE FUNCTION api.failure_json(p_row plant.failure) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT to_jsonb(p_row) || jsonb_build_object(
        'failed_at', api.iso(p_row.failed_at),
        'down_from', api.iso(p_row.down_from),
        'down_to', api.iso(p_row.down_to),
        'created_at', api.iso(p_row.created_at),
        'updated_at', api.iso(p_row.updated_at))
$$;
COMMENT ON FUNCTION api.failure_json(plant.failure) IS 'A failure as clients see it.';
REVOKE ALL ON FUNCTION api.failure_json(plant.failure) FROM PUBLIC;
