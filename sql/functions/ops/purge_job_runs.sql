CREATE OR REPLACE FUNCTION ops.purge_job_runs() RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH gone AS (
        DELETE FROM ops.job_run WHERE started_at < now() - ops.setting_interval('ops.job_run_retention') RETURNING 1
    ), unused AS (
        -- whoever waits for one that goes makes it anew (ops.lock)
        SELECT m.name FROM ops.mutex AS m
        WHERE m.name LIKE '%:%' AND m.created_at < now() - INTERVAL '1 day'
        FOR UPDATE SKIP LOCKED
    ), forgotten AS (
        DELETE FROM ops.mutex AS m USING unused AS u WHERE m.name = u.name
    )
    SELECT count(*) FROM gone
$$;
COMMENT ON FUNCTION ops.purge_job_runs() IS 'Job: removes history of job runs older than the setting ops.job_run_retention, and rows of ops.mutex that nobody holds; returns how many runs.';
REVOKE ALL ON FUNCTION ops.purge_job_runs() FROM PUBLIC;
