CREATE OR REPLACE FUNCTION ops.job_timeout(p_job_id integer) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce((SELECT ceil(extract(epoch FROM j.max_runtime) * 1000)::bigint::text FROM ops.job AS j WHERE j.job_id = p_job_id), '0')
$$;
COMMENT ON FUNCTION ops.job_timeout(integer) IS
    'A job''s max_runtime as statement_timeout takes it (milliseconds; 0: none). SELECT set_config(''statement_timeout'', ops.job_timeout(id), false) and then, as a statement of its own, ops.execute_job(id): a run that takes too long is cancelled and booked instead of ending the session.';
REVOKE ALL ON FUNCTION ops.job_timeout(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.job_timeout(integer) TO thin, admin;
