CREATE OR REPLACE FUNCTION alarm.since_when(since timestamptz[], limits integer, at timestamptz) RETURNS timestamptz[]
    -- a parsed body, which the planner puts in place of the call
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY[
    CASE WHEN alarm.bit_in(limits, 1) THEN coalesce(since[1], at) END,
    CASE WHEN alarm.bit_in(limits, 2) THEN coalesce(since[2], at) END,
    CASE WHEN alarm.bit_in(limits, 3) THEN coalesce(since[3], at) END,
    CASE WHEN alarm.bit_in(limits, 4) THEN coalesce(since[4], at) END];
COMMENT ON FUNCTION alarm.since_when(timestamptz[], integer, timestamptz) IS
    'alarm.state.since when a sample at that moment asks these limits (bits) to flip: those that were asked before go '
    'on waiting, the others are forgotten.';
REVOKE ALL ON FUNCTION alarm.since_when(timestamptz[], integer, timestamptz) FROM PUBLIC;
