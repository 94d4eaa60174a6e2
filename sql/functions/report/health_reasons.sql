CREATE OR REPLACE FUNCTION report.health_reasons(
    "from" timestamptz, "to" timestamptz, machine text DEFAULT NULL, zone text DEFAULT NULL)
    RETURNS TABLE (equipment text, place bigint, rule text, sensor text, alarms bigint, critical bigint,
        standing interval, alarm_share report.share)
    LANGUAGE sql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT x.equipment_id, x.place, x.rule, x.sensor, x.alarms, x.critical, x.standing, x.share
    FROM (
        SELECT a.equipment_id, a.code AS rule, s.name AS sensor, count(*) AS alarms,
               count(*) FILTER (WHERE a.worst_severity = (SELECT report.worst_severity())) AS critical,
               sum(least(coalesce(a.cleared_at, now()), $2) - a.raised_at) AS standing,
               count(*) / sum(count(*)) OVER (PARTITION BY a.equipment_id)::float8 AS share,
               row_number() OVER (PARTITION BY a.equipment_id
                   ORDER BY count(*) DESC, sum(least(coalesce(a.cleared_at, now()), $2) - a.raised_at) DESC, a.code,
                       s.name) AS place
        FROM alarm.alarm AS a
        LEFT JOIN plant.sensor AS s ON s.id = a.sensor_id
        WHERE a.raised_at >= $1 AND a.raised_at < $2 AND a.retracted_at IS NULL AND a.equipment_id IS NOT NULL
          AND ($3 IS NULL OR a.equipment_id = $3)
        GROUP BY a.equipment_id, a.code, s.name
    ) AS x
    WHERE x.place <= 3
    ORDER BY x.equipment_id, x.place
$$;
COMMENT ON FUNCTION report.health_reasons(timestamptz, timestamptz, text, text) IS
    'Section: the three reasons for which each machine had most alarms from … to (exclusive), with the share that each has of all alarms of the machine.';
REVOKE ALL ON FUNCTION report.health_reasons(timestamptz, timestamptz, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.health_reasons(timestamptz, timestamptz, text, text) TO viewer;
