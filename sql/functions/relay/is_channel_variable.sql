CREATE OR REPLACE FUNCTION relay.is_channel_variable(name text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT starts_with(is_channel_variable.name, 'MILLWRIGHT_CHANNEL_')
        OR EXISTS (SELECT FROM relay.variable AS v WHERE v.name = is_channel_variable.name)
$$;
COMMENT ON FUNCTION relay.is_channel_variable(text) IS
    'Whether a channel may name this variable as env:NAME: those that begin with MILLWRIGHT_CHANNEL_ and the rows of '
    'relay.variable. Everything else of thin''s environment is its own.';
REVOKE ALL ON FUNCTION relay.is_channel_variable(text) FROM PUBLIC;
