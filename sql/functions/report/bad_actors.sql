CREATE OR REPLACE FUNCTION report.bad_actors(
    "from" timestamptz, "to" timestamptz, machine text DEFAULT NULL, zone text DEFAULT NULL)
    RETURNS TABLE (rule text, equipment text, sensor text, alarms bigint, alarm_share report.share,
        cumulated_share report.share,
        standing interval, chattering bigint, acknowledged_share report.share)
    LANGUAGE sql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT x.rule, x.equipment_id, x.sensor, x.alarms, x.alarms / x.total,
           sum(x.alarms) OVER (o ROWS UNBOUNDED PRECEDING) / x.total, x.standing, x.chattering, x.acknowledged
    FROM (
        SELECT a.code AS rule, a.equipment_id, s.name AS sensor, count(*) AS alarms,
               sum(count(*)) OVER ()::float8 AS total,
               sum(least(coalesce(a.cleared_at, now()), $2) - a.raised_at) AS standing,
               count(*) FILTER (WHERE a.chattering) AS chattering,
               count(*) FILTER (WHERE a.acknowledged) / count(*)::float8 AS acknowledged
        FROM alarm.alarm AS a
        LEFT JOIN plant.sensor AS s ON s.id = a.sensor_id
        WHERE a.raised_at >= $1 AND a.raised_at < $2 AND a.retracted_at IS NULL AND ($3 IS NULL OR a.equipment_id = $3)
        GROUP BY a.code, a.equipment_id, s.name
    ) AS x
    WINDOW o AS (ORDER BY x.alarms DESC, x.standing DESC, x.rule, x.equipment_id, x.sensor)
    ORDER BY x.alarms DESC, x.standing DESC, x.rule, x.equipment_id, x.sensor
$$;
COMMENT ON FUNCTION report.bad_actors(timestamptz, timestamptz, text, text) IS
    'Section: which rule and sensor raised how many of the alarms from … to (exclusive), most first. The usual finding: ten of them make most of the load.';
REVOKE ALL ON FUNCTION report.bad_actors(timestamptz, timestamptz, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.bad_actors(timestamptz, timestamptz, text, text) TO viewer;
