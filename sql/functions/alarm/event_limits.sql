CREATE OR REPLACE FUNCTION alarm.event_limits(event integer) RETURNS integer
    -- a parsed body, which the planner puts in place of the call
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN event & 15;
COMMENT ON FUNCTION alarm.event_limits(integer) IS
    'Of an entry of alarm.outcome.event_active: the limits that are active then (bits as in alarm.state.active).';
REVOKE ALL ON FUNCTION alarm.event_limits(integer) FROM PUBLIC;
