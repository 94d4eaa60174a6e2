CREATE OR REPLACE FUNCTION alarm.bit_number(one integer) RETURNS integer
    -- a parsed body, which the planner puts in place of the call
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE one WHEN 8 THEN 4 WHEN 4 THEN 3 ELSE one END;
COMMENT ON FUNCTION alarm.bit_number(integer) IS
    'Place of a limit in alarm.state.since and alarm.signal.severities, by its bit: low_low 1, low 2, high 3, '
    'high_high 4.';
REVOKE ALL ON FUNCTION alarm.bit_number(integer) FROM PUBLIC;
