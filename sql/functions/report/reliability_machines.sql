CREATE OR REPLACE FUNCTION report.reliability_machines(
    "from" timestamptz, "to" timestamptz, machine text DEFAULT NULL, zone text DEFAULT NULL)
    RETURNS TABLE (equipment text, name text, failures bigint, down_hours float8, up_hours float8, counted text,
        mtbf_hours float8,
        mttr_hours float8, availability report.share, critical bigint)
    LANGUAGE sql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH fault AS (
        -- overlapping times of one machine are one
        SELECT f.equipment_id, f.failure, min(f.starts_at) AS starts_at, max(f.ends_at) AS ends_at,
               bool_or(f.lasts) AS lasts
        FROM (
            SELECT g.*, count(*) FILTER (WHERE (g.starts_at > g.before) IS NOT FALSE)
                       OVER (PARTITION BY g.equipment_id ORDER BY g.starts_at, g.ends_at) AS failure
            FROM (SELECT k.*, max(k.ends_at) OVER (PARTITION BY k.equipment_id ORDER BY k.starts_at, k.ends_at
                                                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
                  FROM (SELECT l.equipment_id, l.starts_at, l.ends_at IS NULL AS lasts,
                               coalesce(l.ends_at, greatest(now(), l.starts_at)) AS ends_at
                        FROM plant.label AS l
                        WHERE l.kind IN ('fault', 'failure') AND ($3 IS NULL OR l.equipment_id = $3)) AS k
                  -- a moment is one, too
                  WHERE k.starts_at < $2 AND (k.ends_at > $1 OR k.starts_at >= $1)) AS g
        ) AS f
        GROUP BY f.equipment_id, f.failure
    ), down AS (
        -- one that began before counts with its time, and is no failure of this time
        SELECT f.equipment_id, count(*) FILTER (WHERE f.starts_at >= $1) AS failures,
               sum(extract(epoch FROM least(f.ends_at, $2) - greatest(f.starts_at, $1)))::float8 / 3600 AS hours,
               -- of those of which it is known
               avg(extract(epoch FROM f.ends_at - f.starts_at))
                   FILTER (WHERE f.starts_at >= $1 AND f.ends_at > f.starts_at AND NOT f.lasts)::float8 / 3600 AS repair
        FROM fault AS f GROUP BY f.equipment_id
    ), up AS (
        SELECT e.id, coalesce(d.failures, 0) AS failures, coalesce(d.hours, 0) AS down, d.repair,
               -- states that were never known would make every machine one that never ran
               CASE WHEN t.known > INTERVAL '0' THEN 'running' ELSE 'calendar' END AS counted,
               CASE WHEN t.known > INTERVAL '0' THEN extract(epoch FROM t.running)::float8 / 3600
                    ELSE greatest(extract(epoch FROM least($2, now()) - $1)::float8 / 3600 - coalesce(d.hours, 0),
                        0) END AS hours
        FROM plant.equipment AS e
        LEFT JOIN down AS d ON d.equipment_id = e.id
        LEFT JOIN (
            SELECT m.equipment_id, m.running, m.running + m.idle + m.stopped AS known
                FROM report.machine_time($1, $2, $3) AS m
        ) AS t ON t.equipment_id = e.id
        WHERE ($3 IS NULL OR e.id = $3) AND e.status <> 'retired'
    )
    SELECT u.id, e.name, u.failures, u.down, u.hours, u.counted, u.hours / nullif(u.failures, 0),
        u.repair,
           u.hours / nullif(u.hours + u.repair * nullif(u.failures, 0), 0), a.critical
    FROM up AS u
    JOIN plant.equipment AS e ON e.id = u.id
    CROSS JOIN LATERAL report.machine_alarms(u.id, $1, $2) AS a
    ORDER BY u.failures DESC, u.down DESC, u.id
$$;
COMMENT ON FUNCTION report.reliability_machines(timestamptz, timestamptz, text, text) IS
    'Section: mean time between failures and mean time to repair of each machine from … to. A failure is a time of '
    'plant.label of kind failure or fault (overlapping ones are one), its repair lasts until that ends. up_hours: '
    'hours in which it ran and was not faulty, where its states are known (counted: running), else the hours of the '
    'calendar. MTBF = up_hours / failures, MTTR = mean length of those whose end is known, availability = MTBF / (MTBF '
    '+ MTTR); without a failure there is none of them.';
REVOKE ALL ON FUNCTION report.reliability_machines(timestamptz, timestamptz, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.reliability_machines(timestamptz, timestamptz, text, text) TO viewer;
