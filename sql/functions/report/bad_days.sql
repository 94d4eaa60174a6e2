CREATE OR REPLACE FUNCTION report.bad_days(
    "from" timestamptz, "to" timestamptz, machine text DEFAULT NULL, zone text DEFAULT NULL)
    RETURNS TABLE (day date, alarms bigint, critical bigint, machines bigint, most_in_10_minutes bigint, floods bigint)
    LANGUAGE sql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT t.day, sum(t.alarms)::bigint, sum(t.critical)::bigint, (
               SELECT count(DISTINCT b.equipment_id) FROM alarm.alarm AS b
               WHERE b.raised_at >= greatest($1, t.day::timestamp AT TIME ZONE t.zone)
                 AND b.raised_at < least($2, (t.day + 1)::timestamp AT TIME ZONE t.zone)
                 AND b.retracted_at IS NULL AND ($3 IS NULL OR b.equipment_id = $3)),
           max(t.alarms), count(*) FILTER (WHERE t.alarms > 10)
    FROM (
        SELECT (a.raised_at AT TIME ZONE z.name)::date AS day, z.name AS zone,
               floor(extract(epoch FROM a.raised_at) / 600) AS ten,
               count(*) AS alarms,
               count(*) FILTER (WHERE a.worst_severity = (SELECT report.worst_severity())) AS critical
        FROM alarm.alarm AS a
        CROSS JOIN (SELECT report.zone($4) AS name OFFSET 0) AS z
        WHERE a.raised_at >= $1 AND a.raised_at < $2 AND a.retracted_at IS NULL AND ($3 IS NULL OR a.equipment_id = $3)
        GROUP BY 1, 2, 3
    ) AS t
    GROUP BY t.day, t.zone
    ORDER BY t.day
$$;
COMMENT ON FUNCTION report.bad_days(timestamptz, timestamptz, text, text) IS
    'Section: alarms by day of the zone from … to (exclusive): how many, how many machines had them, the most in any ten minutes by the clock, and how many such spans had more than ten (a flood, EEMUA 191). Days without alarms are absent.';
REVOKE ALL ON FUNCTION report.bad_days(timestamptz, timestamptz, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.bad_days(timestamptz, timestamptz, text, text) TO viewer;
