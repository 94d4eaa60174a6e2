CREATE OR REPLACE FUNCTION alarm.measure_job_late(c alarm.system_condition, "now" timestamptz)
    RETURNS TABLE (object text, value float8, detail jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT j.name, round(extract(epoch FROM measure_job_late.now - x.due))::float8,
           jsonb_build_object('job', j.name, 'due', x.due, 'running_since', j.running_since)
    FROM ops.job AS j
    CROSS JOIN LATERAL (SELECT ops.watched_since(measure_job_late.now) AS since OFFSET 0) AS w
    CROSS JOIN LATERAL (SELECT CASE
        -- what was due while no thin was here is not late before one has had the time
        WHEN j.running_since IS NULL THEN greatest(j.next_start, w.since)
        -- 0: as long as it likes
        WHEN j.max_runtime > INTERVAL '0' THEN j.running_since + j.max_runtime END AS due) AS x
    WHERE j.enabled AND x.due < measure_job_late.now
$$;
COMMENT ON FUNCTION alarm.measure_job_late(alarm.system_condition, timestamptz) IS
    'Seconds that an enabled job was due and has not run, or runs beyond its max_runtime.';
REVOKE ALL ON FUNCTION alarm.measure_job_late(alarm.system_condition, timestamptz) FROM PUBLIC;
