CREATE OR REPLACE FUNCTION relay.declare_environment(names text[]) RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH changed AS (
        UPDATE relay.channel
        SET available = (substr(target, 5) = ANY (coalesce(names, '{}')))
        WHERE target LIKE 'env:%' AND available IS DISTINCT FROM (substr(target, 5) = ANY (coalesce(names, '{}')))
        RETURNING 1
    )
    SELECT count(*)::integer FROM changed
$$;
COMMENT ON FUNCTION relay.declare_environment(text[]) IS
    'thin says at its start which variables it has, so that a channel whose address is not configured collects no deliveries. Returns how many channels changed.';
REVOKE ALL ON FUNCTION relay.declare_environment(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relay.declare_environment(text[]) TO thin;
