CREATE OR REPLACE FUNCTION alarm.as_back(limits integer) RETURNS integer
    -- a parsed body, which the planner puts in place of the call
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN limits << 4;
COMMENT ON FUNCTION alarm.as_back(integer) IS
    'The limits given (bits as in alarm.state.active), as a zone says that a value is back behind them.';
REVOKE ALL ON FUNCTION alarm.as_back(integer) FROM PUBLIC;
