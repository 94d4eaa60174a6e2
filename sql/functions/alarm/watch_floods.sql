CREATE OR REPLACE FUNCTION alarm.watch_floods("now" timestamptz) RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
RETURN alarm.judge_system('{flood}', watch_floods.now);
COMMENT ON FUNCTION alarm.watch_floods(timestamptz) IS
    'Judges the system condition flood, part of alarm.tick: an alarm per machine whose alarms come faster than its '
    'limit; returns the floods under way. The setting alarm.flood_action says whether the flood''s alarms are '
    'suppressed.';
REVOKE ALL ON FUNCTION alarm.watch_floods(timestamptz) FROM PUBLIC;
