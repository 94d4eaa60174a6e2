CREATE OR REPLACE FUNCTION alarm.bit_of(level text) RETURNS integer
    -- a parsed body, which the planner puts in place of the call
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE level WHEN 'low_low' THEN 1 WHEN 'low' THEN 2 WHEN 'high' THEN 4 WHEN 'high_high' THEN 8 END;
COMMENT ON FUNCTION alarm.bit_of(text) IS
    'How the state machine packs what it knows of the four limits. low_low, low, high, high_high have the bits 1, 2, '
    '4, 8. alarm.state.active: the sum of those that are active. alarm.state.zone: the sum of those that the last '
    'value is beyond, and 16 times the sum of those that it is back behind, by the deadband (240: calm, back behind '
    'all). An entry of alarm.outcome.event_active: what is active after it, and 16 when the alarm chatters then. '
    'Everything that reads or makes such a number does so through this function, limits_beyond, limits_back, as_back, '
    'calm_zone, event_limits, event_chatters.';
REVOKE ALL ON FUNCTION alarm.bit_of(text) FROM PUBLIC;
