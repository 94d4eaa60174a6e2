CREATE OR REPLACE FUNCTION alarm.judge_derived_job() RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT alarm.judge_derived()
$$;
COMMENT ON FUNCTION alarm.judge_derived_job() IS 'alarm.judge_derived as ops.job calls it; returns the transitions made.';
REVOKE ALL ON FUNCTION alarm.judge_derived_job() FROM PUBLIC;
