CREATE OR REPLACE FUNCTION alarm.limits_beyond(zone integer) RETURNS integer
    -- a parsed body, which the planner puts in place of the call
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN zone & 15;
COMMENT ON FUNCTION alarm.limits_beyond(integer) IS
    'The limits that a value in this zone is beyond (bits as in alarm.state.active).';
REVOKE ALL ON FUNCTION alarm.limits_beyond(integer) FROM PUBLIC;
