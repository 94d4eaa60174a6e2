-- The same on both editions: unqualified names are found in compat where it exists (Apache), else among TimescaleDB's own views.
SELECT set_config('millwright.saved_search_path', current_setting('search_path'), false);
SET search_path = compat, timescaledb_information;

CREATE VIEW ops.continuous_aggregate AS
SELECT view_schema::text AS view_schema, view_name::text AS view_name, hypertable_schema::text AS source_schema, hypertable_name::text AS source_name,
    materialized_only, compression_enabled, materialization_hypertable_schema::text AS materialization_schema,
    materialization_hypertable_name::text AS materialization_name, view_definition
FROM continuous_aggregates;

CREATE VIEW ops.timescale_job AS
SELECT j.job_id, j.application_name::text AS name, j.proc_schema::text AS proc_schema, j.proc_name::text AS proc_name,
    COALESCE(c.view_schema, j.hypertable_schema)::text AS relation_schema, COALESCE(c.view_name, j.hypertable_name)::text AS relation_name, j.schedule_interval, j.scheduled AS enabled, j.config,
    COALESCE(s.next_start, j.next_start) AS next_start, s.last_run_started_at, NULLIF(s.last_successful_finish, '-infinity') AS last_successful_finish,
    s.last_run_status, s.job_status, s.last_run_duration, COALESCE(s.total_runs, 0) AS total_runs, COALESCE(s.total_failures, 0) AS total_failures
FROM jobs AS j
LEFT JOIN job_stats AS s USING (job_id)
-- Community names the table of finished buckets here
LEFT JOIN continuous_aggregates AS c
    ON c.materialization_hypertable_schema = j.hypertable_schema AND c.materialization_hypertable_name = j.hypertable_name
-- our own jobs are in ops.job on both editions; here are TimescaleDB's, and not its internal housekeeping
WHERE j.proc_name LIKE 'policy\_%' AND j.hypertable_name IS NOT NULL;

SELECT set_config('search_path', current_setting('millwright.saved_search_path'), false);

COMMENT ON VIEW ops.continuous_aggregate IS 'Continuous aggregates on either edition of TimescaleDB.';
COMMENT ON VIEW ops.timescale_job IS 'Refresh, retention and columnstore policies and how they fare, on either edition. On Apache they are rows of ops.job.';
GRANT SELECT ON ops.continuous_aggregate, ops.timescale_job TO viewer, thin;
