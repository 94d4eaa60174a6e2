CREATE OR REPLACE FUNCTION alarm.is_free(a alarm.alarm) RETURNS boolean
    -- a parsed body, which the planner puts in place of the call
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN a.shelved IS NULL AND a.suppressed_by = '{}' AND NOT a.out_of_service;
COMMENT ON FUNCTION alarm.is_free(alarm.alarm) IS
    'Nothing holds the alarm back from the operators: not shelved, not suppressed, not out of service.';
REVOKE ALL ON FUNCTION alarm.is_free(alarm.alarm) FROM PUBLIC;
-- report.fleet calls it as whoever reads it
GRANT EXECUTE ON FUNCTION alarm.is_free(alarm.alarm) TO viewer;
