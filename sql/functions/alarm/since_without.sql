CREATE OR REPLACE FUNCTION alarm.since_without(since timestamptz[], limits integer) RETURNS timestamptz[]
    -- a parsed body, which the planner puts in place of the call
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY[
    CASE WHEN NOT alarm.bit_in(limits, 1) THEN since[1] END,
    CASE WHEN NOT alarm.bit_in(limits, 2) THEN since[2] END,
    CASE WHEN NOT alarm.bit_in(limits, 3) THEN since[3] END,
    CASE WHEN NOT alarm.bit_in(limits, 4) THEN since[4] END];
COMMENT ON FUNCTION alarm.since_without(timestamptz[], integer) IS
    'alarm.state.since without what these limits (bits) waited for.';
REVOKE ALL ON FUNCTION alarm.since_without(timestamptz[], integer) FROM PUBLIC;
