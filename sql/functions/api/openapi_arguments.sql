CREATE OR REPLACE FUNCTION api.openapi_arguments(p_function text)
RETURNS TABLE (name text, "position" integer, type text, has_default boolean)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT p.proargnames[i], i, format_type(p.proargtypes[i - 1], NULL), i > p.pronargs - p.pronargdefaults
    FROM pg_proc AS p
    CROSS JOIN LATERAL generate_series(1, p.pronargs) AS i
    WHERE p.oid = to_regproc(p_function)
$$;
COMMENT ON FUNCTION api.openapi_arguments(text) IS 'Name, order, type and optionality of a function''s arguments.';
REVOKE ALL ON FUNCTION api.openapi_arguments(text) FROM PUBLIC;
