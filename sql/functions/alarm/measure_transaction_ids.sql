CREATE OR REPLACE FUNCTION alarm.measure_transaction_ids(c alarm.system_condition, "now" timestamptz)
    RETURNS TABLE (object text, value float8, detail jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT d.datname::text, (age(d.datfrozenxid) / 1e6)::float8, '{}'::jsonb
    FROM pg_database AS d
    WHERE d.datallowconn
$$;
COMMENT ON FUNCTION alarm.measure_transaction_ids(alarm.system_condition, timestamptz) IS
    'Age of the oldest transaction id of the servers databases, in millions; at about 2,100 the server stops writing.';
REVOKE ALL ON FUNCTION alarm.measure_transaction_ids(alarm.system_condition, timestamptz) FROM PUBLIC;
