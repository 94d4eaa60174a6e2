CREATE OR REPLACE FUNCTION alarm.calm_zone() RETURNS integer
    -- a parsed body, which the planner puts in place of the call
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN alarm.as_back(15);
COMMENT ON FUNCTION alarm.calm_zone() IS
    'The zone of a value that is back behind all four limits.';
REVOKE ALL ON FUNCTION alarm.calm_zone() FROM PUBLIC;
