CREATE OR REPLACE FUNCTION alarm.measure_job_unsteady(c alarm.system_condition, "now" timestamptz)
    RETURNS TABLE (object text, value float8, detail jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT j.name, count(*)::float8,
           jsonb_build_object('job', j.name, 'error', (array_agg(left(r.error, 1000) ORDER BY r.started_at DESC))[1])
    FROM ops.job_run AS r
    JOIN ops.job AS j ON j.job_id = r.job_id AND j.enabled
    WHERE r.started_at > measure_job_unsteady.now - c.period AND NOT r.succeeded
    GROUP BY j.job_id, j.name
$$;
COMMENT ON FUNCTION alarm.measure_job_unsteady(alarm.system_condition, timestamptz) IS
    'Failed runs of each enabled job within the period, also where others in between succeeded.';
REVOKE ALL ON FUNCTION alarm.measure_job_unsteady(alarm.system_condition, timestamptz) FROM PUBLIC;
