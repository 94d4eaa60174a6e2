CREATE OR REPLACE FUNCTION api.openapi_type(p_type text) RETURNS jsonb
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN p_type LIKE '%[]' THEN jsonb_build_object('type', 'array', 'items', api.openapi_type(left(p_type, -2)))
        WHEN p_type IN ('smallint', 'integer') THEN jsonb '{"type": "integer", "format": "int32"}'
        WHEN p_type = 'bigint' THEN jsonb '{"type": "integer", "format": "int64"}'
        WHEN p_type IN ('double precision', 'real', 'numeric') THEN jsonb '{"type": "number"}'
        WHEN p_type = 'boolean' THEN jsonb '{"type": "boolean"}'
        WHEN p_type = 'uuid' THEN jsonb '{"type": "string", "format": "uuid"}'
        WHEN p_type = 'date' THEN jsonb '{"type": "string", "format": "date"}'
        WHEN p_type LIKE 'timestamp%' THEN jsonb '{"type": "string", "format": "date-time"}'
        WHEN p_type IN ('jsonb', 'json') THEN jsonb '{}'
        ELSE jsonb '{"type": "string"}' END
$$;
COMMENT ON FUNCTION api.openapi_type(text) IS 'JSON Schema of an argument''s SQL type (as format_type writes it).';
REVOKE ALL ON FUNCTION api.openapi_type(text) FROM PUBLIC;
