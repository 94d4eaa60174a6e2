CREATE OR REPLACE FUNCTION alarm.pending_limits(since timestamptz[]) RETURNS integer
    -- a parsed body, which the planner puts in place of the call
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 
    CASE WHEN since[1] IS NOT NULL THEN alarm.bit_of('low_low') ELSE 0 END
    | CASE WHEN since[2] IS NOT NULL THEN alarm.bit_of('low') ELSE 0 END
    | CASE WHEN since[3] IS NOT NULL THEN alarm.bit_of('high') ELSE 0 END
    | CASE WHEN since[4] IS NOT NULL THEN alarm.bit_of('high_high') ELSE 0 END;
COMMENT ON FUNCTION alarm.pending_limits(timestamptz[]) IS
    'The limits (bits as in alarm.state.active) that wait for their delay to end.';
REVOKE ALL ON FUNCTION alarm.pending_limits(timestamptz[]) FROM PUBLIC;
