CREATE OR REPLACE FUNCTION plant.machine_state(
    is_in_maintenance boolean, has_alarm boolean, is_silent boolean, is_anomaly boolean) RETURNS text
    -- a parsed body, which the planner puts in place of the call
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN is_in_maintenance THEN 'maintenance'
    WHEN has_alarm THEN 'alarm'
    WHEN is_silent THEN 'silent'
    WHEN is_anomaly THEN 'anomaly'
    ELSE 'normal' END;
COMMENT ON FUNCTION plant.machine_state(boolean, boolean, boolean, boolean) IS
    'The state of a machine in one word, the gravest first: maintenance, alarm, silent, anomaly, normal.';
REVOKE ALL ON FUNCTION plant.machine_state(boolean, boolean, boolean, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION plant.machine_state(boolean, boolean, boolean, boolean) TO viewer;
