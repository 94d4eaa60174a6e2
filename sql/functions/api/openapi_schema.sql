CREATE OR REPLACE FUNCTION api.openapi_schema(definition jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    -- JSON Schema 2020-12 calls it examples
    SELECT definition - 'example' || CASE WHEN definition ? 'example'
        THEN jsonb_build_object('examples', jsonb_build_array(definition -> 'example')) ELSE '{}' END
$$;
COMMENT ON FUNCTION api.openapi_schema(jsonb) IS 'A schema component as the OpenAPI document shows it.';
REVOKE ALL ON FUNCTION api.openapi_schema(jsonb) FROM PUBLIC;
