CREATE OR REPLACE FUNCTION alarm.limits_back(zone integer) RETURNS integer
    -- a parsed body, which the planner puts in place of the call
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN zone >> 4;
COMMENT ON FUNCTION alarm.limits_back(integer) IS
    'The limits that a value in this zone is back behind, by the deadband (bits as in alarm.state.active).';
REVOKE ALL ON FUNCTION alarm.limits_back(integer) FROM PUBLIC;
