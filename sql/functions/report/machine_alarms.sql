CREATE OR REPLACE FUNCTION report.machine_alarms(machine text, "from" timestamptz, "to" timestamptz)
    RETURNS TABLE (alarms bigint, critical bigint, standing interval)
    LANGUAGE sql STABLE ROWS 1
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT count(*), count(*) FILTER (WHERE a.worst_severity = (SELECT report.worst_severity())),
           sum(least(coalesce(a.cleared_at, now()), $3) - a.raised_at)
    FROM alarm.alarm AS a
    WHERE a.equipment_id = $1 AND a.raised_at >= $2 AND a.raised_at < $3 AND a.retracted_at IS NULL
$$;
COMMENT ON FUNCTION report.machine_alarms(text, timestamptz, timestamptz) IS
    'Alarms of a machine that were raised from … to (exclusive), those that reached the worst severity, and how long all of them stood within that time.';
REVOKE ALL ON FUNCTION report.machine_alarms(text, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.machine_alarms(text, timestamptz, timestamptz) TO viewer;
