CREATE OR REPLACE FUNCTION api.get_work_order(id bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.work_order_json(x) FROM plant.work_order AS x WHERE x.id = get_work_order.id
$$;
COMMENT ON FUNCTION api.get_work_order(bigint) IS 'One work order.';
REVOKE ALL ON FUNCTION api.get_work_order(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.get_work_order(bigint) TO viewer;
