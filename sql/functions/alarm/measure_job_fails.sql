CREATE OR REPLACE FUNCTION alarm.measure_job_fails(c alarm.system_condition, "now" timestamptz)
    RETURNS TABLE (object text, value float8, detail jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT j.name, j.failures::float8,
           jsonb_build_object('job', j.name, 'error', left(j.last_error, 1000), 'last_success', j.last_success)
    FROM ops.job AS j
    WHERE j.enabled AND j.failures > 0
    UNION ALL
    -- on Apache they are rows of ops.job, with the same name
    SELECT x.name, 1, jsonb_build_object('job', x.name, 'last_success', x.last_success)
    FROM (SELECT concat_ws(' ', t.name, concat_ws('.', t.relation_schema, t.relation_name)) AS name,
                 t.last_successful_finish AS last_success
          FROM ops.timescale_job AS t
          WHERE ops.edition() = 'community' AND t.enabled AND t.last_run_status = 'Failed') AS x
$$;
COMMENT ON FUNCTION alarm.measure_job_fails(alarm.system_condition, timestamptz) IS
    'Failed runs in a row of each enabled job; on Community 1 for a policy of TimescaleDB whose last run failed.';
REVOKE ALL ON FUNCTION alarm.measure_job_fails(alarm.system_condition, timestamptz) FROM PUBLIC;
