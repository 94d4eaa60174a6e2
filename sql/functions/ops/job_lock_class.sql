CREATE OR REPLACE FUNCTION ops.job_lock_class() RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT 1785684595 $$; -- 'jobs' in ASCII
COMMENT ON FUNCTION ops.job_lock_class() IS 'First key of the advisory locks (class, job_id) that a running job holds.';
REVOKE ALL ON FUNCTION ops.job_lock_class() FROM PUBLIC;
