CREATE OR REPLACE FUNCTION alarm.due_at(
    since timestamptz[], active integer, on_delay interval, off_delay interval
) RETURNS timestamptz
    -- a parsed body, which the planner puts in place of the call
    LANGUAGE sql STABLE PARALLEL SAFE
RETURN least(alarm.delay_end(since, active, 1, on_delay, off_delay),
             alarm.delay_end(since, active, 2, on_delay, off_delay),
             alarm.delay_end(since, active, 3, on_delay, off_delay),
             alarm.delay_end(since, active, 4, on_delay, off_delay));
COMMENT ON FUNCTION alarm.due_at(timestamptz[], integer, interval, interval) IS
    'When the next limit flips if no sample stops it; NULL: none is pending. since, active: as in alarm.state.';
REVOKE ALL ON FUNCTION alarm.due_at(timestamptz[], integer, interval, interval) FROM PUBLIC;
