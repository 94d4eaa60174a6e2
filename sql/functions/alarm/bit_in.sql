CREATE OR REPLACE FUNCTION alarm.bit_in(limits integer, number integer) RETURNS boolean
    -- a parsed body, which the planner puts in place of the call
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN limits & (1 << (number - 1)) <> 0;
COMMENT ON FUNCTION alarm.bit_in(integer, integer) IS
    'Whether the limit with this number (1 low_low, 2 low, 3 high, 4 high_high) is among these (bits as in '
    'alarm.state.active).';
REVOKE ALL ON FUNCTION alarm.bit_in(integer, integer) FROM PUBLIC;
