-- TimescaleDB's information views, filled: unqualified names in a search path of compat, timescaledb_information find these
-- here and TimescaleDB's own on Community. sql/views/ops builds the edition-independent ones so.

-- ops.job is made after this file, so it is read by a function, whose body is looked at when it runs.
CREATE OR REPLACE FUNCTION compat.list_jobs()
RETURNS TABLE (job_id integer, application_name name, schedule_interval interval, max_runtime interval, max_retries integer, retry_period interval,
    proc_schema name, proc_name name, owner regrole, scheduled boolean, fixed_schedule boolean, config jsonb, next_start timestamptz,
    initial_start timestamptz, hypertable_schema name, hypertable_name name, check_schema name, check_name name,
    last_run_started_at timestamptz, last_successful_finish timestamptz, last_run_status text, job_status text, last_run_duration interval,
    total_runs bigint, total_successes bigint, total_failures bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT j.job_id, j.name::name, j.schedule, j.max_runtime, j.max_retries, j.retry_period,
        (parse_ident(j.procedure))[1]::name, (parse_ident(j.procedure))[2]::name, r.relowner::regrole, j.enabled, j.fixed_schedule, j.config, j.next_start,
        j.initial_start, n.nspname, c.relname, NULL::name, NULL::name,
        j.last_start, COALESCE(j.last_success, '-infinity'),
        CASE WHEN j.total_runs = 0 OR j.running_since IS NOT NULL THEN NULL WHEN j.failures = 0 THEN 'Success' ELSE 'Failed' END,
        CASE WHEN j.running_since IS NOT NULL THEN 'Running' WHEN j.enabled THEN 'Scheduled' ELSE 'Paused' END,
        j.last_duration, j.total_runs, j.total_runs - j.total_failures - CASE WHEN j.running_since IS NULL THEN 0 ELSE 1 END, j.total_failures
    FROM ops.job AS j
    JOIN pg_class AS r ON r.oid = 'ops.job'::regclass
    LEFT JOIN pg_class AS c ON c.oid = to_regclass(j.config ->> 'relation') AND j.procedure LIKE 'compat.policy\_%'
    LEFT JOIN pg_namespace AS n ON n.oid = c.relnamespace;
END
$$;
COMMENT ON FUNCTION compat.list_jobs() IS 'Rows of compat.jobs and compat.job_stats.';
REVOKE ALL ON FUNCTION compat.list_jobs() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.list_jobs() TO viewer, thin, millwright;

CREATE OR REPLACE VIEW compat.jobs AS
SELECT job_id, application_name, schedule_interval, max_runtime, max_retries, retry_period, proc_schema, proc_name, owner, scheduled, fixed_schedule,
    config, next_start, initial_start, hypertable_schema, hypertable_name, check_schema, check_name
FROM compat.list_jobs();
COMMENT ON VIEW compat.jobs IS 'As timescaledb_information.jobs.';

CREATE OR REPLACE VIEW compat.job_stats AS
SELECT hypertable_schema, hypertable_name, job_id, last_run_started_at, last_successful_finish, last_run_status, job_status, last_run_duration,
    CASE WHEN scheduled THEN next_start END AS next_start, total_runs, total_successes, total_failures
FROM compat.list_jobs();
COMMENT ON VIEW compat.job_stats IS 'As timescaledb_information.job_stats.';

-- Short name for people who look for the jobs of this schema.
CREATE OR REPLACE VIEW compat.job AS
SELECT * FROM compat.jobs WHERE proc_schema = 'compat';
COMMENT ON VIEW compat.job IS 'The policies among compat.jobs. The jobs themselves are rows of ops.job.';

CREATE OR REPLACE VIEW compat.continuous_aggregates AS
SELECT n.nspname AS hypertable_schema, r.relname AS hypertable_name, c.view_schema, c.view_name,
    pg_get_userbyid(v.relowner) AS view_owner, c.materialized_only, false AS compression_enabled,
    'compat'::name AS materialization_hypertable_schema, c.materialization AS materialization_hypertable_name,
    c.view_definition, true AS finalized, c.watermark
FROM compat.continuous_aggregate AS c
JOIN compat.source AS s USING (source_id)
JOIN pg_class AS r ON r.oid = s.relation
JOIN pg_namespace AS n ON n.oid = r.relnamespace
JOIN pg_namespace AS vn ON vn.nspname = c.view_schema
JOIN pg_class AS v ON v.relnamespace = vn.oid AND v.relname = c.view_name;
COMMENT ON VIEW compat.continuous_aggregates IS 'As timescaledb_information.continuous_aggregates, and watermark: the end of the finished buckets.';
GRANT SELECT ON compat.jobs, compat.job_stats, compat.job, compat.continuous_aggregates TO viewer, thin, millwright;
