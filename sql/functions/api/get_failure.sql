CREATE OR REPLACE FUNCTION api.get_failure(id bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.failure_json(x) FROM plant.failure AS x WHERE x.id = get_failure.id
$$;
COMMENT ON FUNCTION api.get_failure(bigint) IS 'One failure.';
REVOKE ALL ON FUNCTION api.get_failure(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.get_failure(bigint) TO viewer;
