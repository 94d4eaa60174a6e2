CREATE OR REPLACE FUNCTION alarm.tick_job() RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT alarm.tick()
$$;
COMMENT ON FUNCTION alarm.tick_job() IS 'alarm.tick as ops.job calls it; returns the transitions made.';
REVOKE ALL ON FUNCTION alarm.tick_job() FROM PUBLIC;
