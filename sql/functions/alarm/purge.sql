CREATE OR REPLACE FUNCTION alarm.purge() RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH old AS MATERIALIZED (
        -- an open alarm stays however old it is, and so does one that somebody holds a lock on
        SELECT a.id FROM alarm.alarm AS a
        WHERE a.cleared_at < clock_timestamp() - ops.setting_interval('alarm.retention')
          AND a.raised_at < clock_timestamp() - ops.setting_interval('alarm.retention')
        ORDER BY a.raised_at, a.id
        LIMIT 20000
        FOR UPDATE SKIP LOCKED
    ), transition AS (
        DELETE FROM alarm.transition AS t USING old AS o WHERE t.alarm_id = o.id
    ), hold AS (
        DELETE FROM alarm.hold AS h WHERE h.ended_at < clock_timestamp() - ops.setting_interval('alarm.retention')
    ), said AS (
        -- Notifications that are read from it keep what they say. There are some where it was acted on lately (a day
        -- more, because jobs may be late); older ones have it already (relay.purge).
        UPDATE relay.notification AS n
        SET data = relay.content(n), transition_id = NULL, moment = NULL
        FROM old AS o
        JOIN alarm.transition AS t ON t.alarm_id = o.id
        WHERE n.transition_id = t.id
          AND t.recorded_at > clock_timestamp() - ops.setting_interval('relay.outbox_retention') - INTERVAL '1 day'
    ), word AS (
        -- words in which nothing was told that is still there
        DELETE FROM relay.former_text AS f WHERE f.until < (SELECT min(a.raised_at) FROM alarm.alarm AS a)
    ), name AS (
        DELETE FROM plant.former_sensor AS f WHERE f.until < (SELECT min(a.raised_at) FROM alarm.alarm AS a)
    ), gone AS (
        DELETE FROM alarm.alarm AS a USING old AS o WHERE a.id = o.id RETURNING 1
    )
    SELECT count(*) FROM gone
$$;
COMMENT ON FUNCTION alarm.purge() IS
    'Job: removes alarms that cleared longer ago than the setting alarm.retention with their transitions, and ended '
    'holds of that age; at most 20,000 alarms a run. Never an open one. Returns how many alarms.';
REVOKE ALL ON FUNCTION alarm.purge() FROM PUBLIC;
