CREATE OR REPLACE FUNCTION alarm.delay_end(
    since timestamptz[], active integer, number integer, on_delay interval, off_delay interval
) RETURNS timestamptz
    -- a parsed body, which the planner puts in place of the call
    LANGUAGE sql STABLE PARALLEL SAFE
RETURN since[number] + CASE WHEN alarm.bit_in(active, number) THEN off_delay ELSE on_delay END;
COMMENT ON FUNCTION alarm.delay_end(timestamptz[], integer, integer, interval, interval) IS
    'When the limit with this number (1 low_low … 4 high_high) flips if no sample stops it: one that is active after '
    'the off-delay, another after the on-delay. NULL: nothing asks for it. The only place where a delay is added.';
REVOKE ALL ON FUNCTION alarm.delay_end(timestamptz[], integer, integer, interval, interval) FROM PUBLIC;
