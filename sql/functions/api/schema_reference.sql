CREATE OR REPLACE FUNCTION api.schema_reference(notation text) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN notation ~ '^[[].*[]]$' THEN
            jsonb_build_object('type', 'array', 'items', api.schema_reference(substr(notation, 2, length(notation) - 2)))
        WHEN notation ~ '^page ' THEN jsonb_build_object(
            'type', 'object', 'required', '["items", "next_cursor"]'::jsonb,
            'properties', jsonb_build_object(
                'items', api.schema_reference('[' || substr(notation, 6) || ']'),
                'total', '{"type": "integer", "minimum": 0, "description": "All rows that the filters select."}'::jsonb,
                'next_cursor', '{"type": ["string", "null"], "description": "cursor of the next page; null on the last one."}'::jsonb))
        ELSE jsonb_build_object('$ref', '#/components/schemas/' || notation) END
$$;
COMMENT ON FUNCTION api.schema_reference(text) IS
    'JSON Schema for the short notation of sql/data: Name is a component, [Name] an array of it, "page Name" a list with items, total and next_cursor.';
REVOKE ALL ON FUNCTION api.schema_reference(text) FROM PUBLIC;
