CREATE OR REPLACE FUNCTION relay.wanted_environment() RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 5
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT DISTINCT v FROM relay.channel AS c, unnest(relay.channel_variables(c.kind, c.target)) AS v
    WHERE relay.is_channel_variable(v) OR v IN ('SMTP_URL', 'SLACK_BOT_TOKEN')
    ORDER BY 1
$$;
COMMENT ON FUNCTION relay.wanted_environment() IS
    'Names of the environment variables that channels need (relay.channel_variables); thin answers with '
    'relay.declare_environment, and gives a channel no other.';
REVOKE ALL ON FUNCTION relay.wanted_environment() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relay.wanted_environment() TO thin;
