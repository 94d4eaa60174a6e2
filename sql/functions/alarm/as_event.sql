CREATE OR REPLACE FUNCTION alarm.as_event(limits integer, chatters boolean) RETURNS integer
    -- a parsed body, which the planner puts in place of the call
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN limits | CASE WHEN chatters THEN 16 ELSE 0 END;
COMMENT ON FUNCTION alarm.as_event(integer, boolean) IS
    'An entry of alarm.outcome.event_active: what is active, and whether the alarm chatters.';
REVOKE ALL ON FUNCTION alarm.as_event(integer, boolean) FROM PUBLIC;
