CREATE OR REPLACE FUNCTION alarm.measure_database_size(c alarm.system_condition, "now" timestamptz)
    RETURNS TABLE (object text, value float8, detail jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT current_database()::text, round((pg_database_size(current_database()) / 1e9)::numeric, 3)::float8,
           '{}'::jsonb
$$;
COMMENT ON FUNCTION alarm.measure_database_size(alarm.system_condition, timestamptz) IS
    'Size of the database in GB (1e9 bytes).';
REVOKE ALL ON FUNCTION alarm.measure_database_size(alarm.system_condition, timestamptz) FROM PUBLIC;
