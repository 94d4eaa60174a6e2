CREATE OR REPLACE FUNCTION alarm.due_limits(
    since timestamptz[], active integer, on_delay interval, off_delay interval, at timestamptz
) RETURNS integer
    -- a parsed body, which the planner puts in place of the call
    LANGUAGE sql STABLE PARALLEL SAFE
RETURN 
    CASE WHEN alarm.delay_end(since, active, 1, on_delay, off_delay) <= at THEN alarm.bit_of('low_low') ELSE 0 END
    | CASE WHEN alarm.delay_end(since, active, 2, on_delay, off_delay) <= at THEN alarm.bit_of('low') ELSE 0 END
    | CASE WHEN alarm.delay_end(since, active, 3, on_delay, off_delay) <= at THEN alarm.bit_of('high') ELSE 0 END
    | CASE WHEN alarm.delay_end(since, active, 4, on_delay, off_delay) <= at THEN alarm.bit_of('high_high') ELSE 0 END;
COMMENT ON FUNCTION alarm.due_limits(timestamptz[], integer, interval, interval, timestamptz) IS
    'The limits (bits as in alarm.state.active) that flip at that moment or should have before.';
REVOKE ALL ON FUNCTION alarm.due_limits(timestamptz[], integer, interval, interval, timestamptz) FROM PUBLIC;
