CREATE OR REPLACE FUNCTION alarm.judge_expressions_job() RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT alarm.judge_expressions()
$$;
COMMENT ON FUNCTION alarm.judge_expressions_job() IS 'alarm.judge_expressions as ops.job calls it; returns the transitions made.';
REVOKE ALL ON FUNCTION alarm.judge_expressions_job() FROM PUBLIC;
