CREATE OR REPLACE FUNCTION ops.purge_job_runs() RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH gone AS (
        DELETE FROM ops.job_run WHERE started_at < now() - ops.setting_interval('ops.job_run_retention') RETURNING 1
    )
    SELECT count(*) FROM gone
$$;
COMMENT ON FUNCTION ops.purge_job_runs() IS 'Job: removes history of job runs older than the setting ops.job_run_retention; returns how many rows.';
REVOKE ALL ON FUNCTION ops.purge_job_runs() FROM PUBLIC;
