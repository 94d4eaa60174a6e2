CREATE OR REPLACE FUNCTION alarm.chatters(
    raises timestamptz[], chatter_count integer, chatter_window interval
) RETURNS boolean
    -- a parsed body, which the planner puts in place of the call
    LANGUAGE sql STABLE PARALLEL SAFE
RETURN cardinality(raises) = chatter_count AND raises[1] > raises[chatter_count] - chatter_window;
COMMENT ON FUNCTION alarm.chatters(timestamptz[], integer, interval) IS
    'An alarm that was raised at these moments, the last of which is now, chatters: so often within the window.';
REVOKE ALL ON FUNCTION alarm.chatters(timestamptz[], integer, interval) FROM PUBLIC;
