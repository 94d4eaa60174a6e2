CREATE OR REPLACE FUNCTION report.health_days(
    "from" timestamptz, "to" timestamptz, machine text DEFAULT NULL, zone text DEFAULT NULL)
    RETURNS TABLE (day date, availability report.share, running interval, unknown interval, alarms bigint,
        critical bigint, machines bigint)
    LANGUAGE sql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT d.day, t.availability, t.running, t.unknown, a.alarms, a.critical, a.machines
    FROM (
        SELECT x::date AS day, greatest(x AT TIME ZONE z.name, $1) AS begins,
               least((x + INTERVAL '1 day') AT TIME ZONE z.name, $2) AS ends
        FROM (SELECT report.zone($4) AS name OFFSET 0) AS z
        CROSS JOIN LATERAL generate_series(date_trunc('day', $1 AT TIME ZONE z.name), $2 AT TIME ZONE z.name,
                                           INTERVAL '1 day') AS x
    ) AS d
    CROSS JOIN LATERAL (
        SELECT report.available(sum(m.running), sum(m.idle), sum(m.stopped)) AS availability, sum(m.running) AS running,
               sum(m.unknown) AS unknown
        FROM report.machine_time(d.begins, d.ends, $3) AS m
    ) AS t
    CROSS JOIN LATERAL (
        SELECT count(*) AS alarms, count(DISTINCT b.equipment_id) AS machines,
               count(*) FILTER (WHERE b.worst_severity = (SELECT report.worst_severity())) AS critical
        FROM alarm.alarm AS b
        WHERE b.raised_at >= d.begins AND b.raised_at < d.ends AND b.retracted_at IS NULL
          AND ($3 IS NULL OR b.equipment_id = $3)
    ) AS a
    WHERE d.begins < d.ends
    ORDER BY d.day
$$;
COMMENT ON FUNCTION report.health_days(timestamptz, timestamptz, text, text) IS
    'Section: the days of the zone from … to, all machines together (or the one): availability, running time, alarms, and how many machines had any.';
REVOKE ALL ON FUNCTION report.health_days(timestamptz, timestamptz, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.health_days(timestamptz, timestamptz, text, text) TO viewer;
