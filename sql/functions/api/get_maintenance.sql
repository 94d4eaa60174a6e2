CREATE OR REPLACE FUNCTION api.get_maintenance(id bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.maintenance_json(m) FROM plant.maintenance AS m WHERE m.id = get_maintenance.id
$$;
COMMENT ON FUNCTION api.get_maintenance(bigint) IS 'One maintenance window or work order.';
REVOKE ALL ON FUNCTION api.get_maintenance(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.get_maintenance(bigint) TO viewer;
