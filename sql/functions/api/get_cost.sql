CREATE OR REPLACE FUNCTION api.get_cost(id bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.cost_json(x) FROM plant.cost AS x WHERE x.id = get_cost.id
$$;
COMMENT ON FUNCTION api.get_cost(bigint) IS 'One row of costs.';
REVOKE ALL ON FUNCTION api.get_cost(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.get_cost(bigint) TO viewer;
