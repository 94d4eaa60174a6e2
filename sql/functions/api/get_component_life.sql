CREATE OR REPLACE FUNCTION api.get_component_life(id bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.component_life_json(x) FROM plant.component_life AS x WHERE x.id = get_component_life.id
$$;
COMMENT ON FUNCTION api.get_component_life(bigint) IS 'One life.';
REVOKE ALL ON FUNCTION api.get_component_life(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.get_component_life(bigint) TO viewer;
