CREATE OR REPLACE FUNCTION alarm.is_high_side(limits integer) RETURNS boolean
    -- a parsed body, which the planner puts in place of the call
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN limits & (alarm.bit_of('high') | alarm.bit_of('high_high')) <> 0;
COMMENT ON FUNCTION alarm.is_high_side(integer) IS
    'Whether an upper limit is among these (bits as in alarm.state.active): then the peak is the greatest value.';
REVOKE ALL ON FUNCTION alarm.is_high_side(integer) FROM PUBLIC;
