CREATE OR REPLACE FUNCTION ml.watch_drift() RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
RETURN alarm.judge_system('{drift}');
COMMENT ON FUNCTION ml.watch_drift() IS
    'Job: judges the system condition drift: an alarm drift:<equipment>/<power>/<version> for each serving model with a feature whose drift is major (ml.feature_drift), which clears when none is. Returns how many drift.';
REVOKE ALL ON FUNCTION ml.watch_drift() FROM PUBLIC;
