CREATE OR REPLACE FUNCTION api.with_aliases(component text, value jsonb) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT value || coalesce((
        SELECT jsonb_object_agg(a.alias, value -> a.member) FROM api.member_alias AS a
        WHERE a.component = with_aliases.component AND value ? a.member), '{}')
$$;
COMMENT ON FUNCTION api.with_aliases(text, jsonb) IS
    'An object with what the field calls its members beside (api.member_alias). Called where a component is made.';
REVOKE ALL ON FUNCTION api.with_aliases(text, jsonb) FROM PUBLIC;
