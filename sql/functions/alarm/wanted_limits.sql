CREATE OR REPLACE FUNCTION alarm.wanted_limits(zone integer, active integer, latched boolean) RETURNS integer
    -- a parsed body, which the planner puts in place of the call
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (alarm.limits_beyond(zone) & ~active) | CASE WHEN latched THEN 0 ELSE alarm.limits_back(zone) & active END;
COMMENT ON FUNCTION alarm.wanted_limits(integer, integer, boolean) IS
    'The limits (bits as in alarm.state.active) that a value in this zone asks to flip: those beyond which it is and '
    'that are not active, and those that are active and behind which it is back. A latched one stays.';
REVOKE ALL ON FUNCTION alarm.wanted_limits(integer, integer, boolean) FROM PUBLIC;
