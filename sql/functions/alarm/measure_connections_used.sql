CREATE OR REPLACE FUNCTION alarm.measure_connections_used(c alarm.system_condition, "now" timestamptz)
    RETURNS TABLE (object text, value float8, detail jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT '', round(100 * count(*) / current_setting('max_connections')::numeric, 1)::float8,
           jsonb_build_object('connections', count(*), 'allowed', current_setting('max_connections')::integer)
    FROM pg_stat_activity AS a
    WHERE a.backend_type = 'client backend'
$$;
COMMENT ON FUNCTION alarm.measure_connections_used(alarm.system_condition, timestamptz) IS
    'Per cent of the servers connections that are in use.';
REVOKE ALL ON FUNCTION alarm.measure_connections_used(alarm.system_condition, timestamptz) FROM PUBLIC;
