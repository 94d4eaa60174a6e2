CREATE OR REPLACE FUNCTION alarm.event_chatters(event integer) RETURNS boolean
    -- a parsed body, which the planner puts in place of the call
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN event & 16 <> 0;
COMMENT ON FUNCTION alarm.event_chatters(integer) IS
    'Of an entry of alarm.outcome.event_active: whether the alarm chatters then.';
REVOKE ALL ON FUNCTION alarm.event_chatters(integer) FROM PUBLIC;
