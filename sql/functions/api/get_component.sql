CREATE OR REPLACE FUNCTION api.get_component(id bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.component_json(x) FROM plant.component AS x WHERE x.id = get_component.id
$$;
COMMENT ON FUNCTION api.get_component(bigint) IS 'One component.';
REVOKE ALL ON FUNCTION api.get_component(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.get_component(bigint) TO viewer;
