CREATE VIEW report.job AS
SELECT j.name, j.enabled, j.schedule, j.next_start, j.last_start, j.last_success, j.last_duration, j.running_since, j.failures, j.total_runs, j.total_failures, j.description
FROM ops.job AS j;
COMMENT ON VIEW report.job IS 'What runs by itself and how it fares: failures since the last success. Errors and arguments are for administrators (ops.job).';
GRANT SELECT ON report.job TO viewer;
