CREATE OR REPLACE FUNCTION relay.declare_environment(names text[]) RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH changed AS (
        UPDATE relay.channel AS c
        SET available = relay.channel_variables(c.kind, c.target) <@ coalesce(names, '{}')
        WHERE available <> (relay.channel_variables(c.kind, c.target) <@ coalesce(names, '{}'))
        RETURNING 1
    )
    SELECT count(*)::integer FROM changed
$$;
COMMENT ON FUNCTION relay.declare_environment(text[]) IS
    'thin says at its start which variables it has, so that a channel whose address, mail server or token is not '
    'configured collects no deliveries. Returns how many channels changed.';
REVOKE ALL ON FUNCTION relay.declare_environment(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relay.declare_environment(text[]) TO thin;
