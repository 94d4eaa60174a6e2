CREATE OR REPLACE FUNCTION alarm.is_one_limit(limits integer) RETURNS boolean
    -- a parsed body, which the planner puts in place of the call
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN limits & (limits - 1) = 0;
COMMENT ON FUNCTION alarm.is_one_limit(integer) IS
    'There is one limit among these, or none (bits as in alarm.state.active): nothing to rank.';
REVOKE ALL ON FUNCTION alarm.is_one_limit(integer) FROM PUBLIC;
