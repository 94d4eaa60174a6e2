CREATE OR REPLACE FUNCTION api.aliased_schema(component text, definition jsonb) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT definition || coalesce((
        SELECT jsonb_build_object('properties', coalesce(definition -> 'properties', '{}') || jsonb_object_agg(
            a.alias, coalesce(definition -> 'properties' -> a.member, '{}')
                || jsonb_build_object('deprecated', true, 'description', 'The same as ' || a.member || '.')))
        FROM api.member_alias AS a WHERE a.component = aliased_schema.component
        HAVING count(*) > 0), '{}')
$$;
COMMENT ON FUNCTION api.aliased_schema(text, jsonb) IS
    'A schema component with the further names of its members (api.member_alias) as deprecated ones. Called by '
    'api.openapi.';
REVOKE ALL ON FUNCTION api.aliased_schema(text, jsonb) FROM PUBLIC;
