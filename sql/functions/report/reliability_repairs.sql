CREATE OR REPLACE FUNCTION report.reliability_repairs(
    "from" timestamptz, "to" timestamptz, machine text DEFAULT NULL, zone text DEFAULT NULL)
    RETURNS TABLE (equipment text, done bigint, mean_hours float8, longest_hours float8, open bigint, overdue bigint)
    LANGUAGE sql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT m.equipment_id, count(*) FILTER (WHERE m.status = 'done'),
           avg(extract(epoch FROM m.ends_at - m.starts_at)::float8 / 3600) FILTER (WHERE m.status = 'done'),
           max(extract(epoch FROM m.ends_at - m.starts_at)::float8 / 3600) FILTER (WHERE m.status = 'done'),
           count(*) FILTER (WHERE m.status IN ('planned', 'in_progress')),
           count(*) FILTER (WHERE m.status IN ('planned', 'in_progress') AND m.ends_at < $2)
    FROM (
        SELECT w.equipment_id, w.status, coalesce(w.planned_from, w.done_at, w.created_at) AS starts_at,
               -- how long one took whose beginning nobody planned is not known
               CASE w.status WHEN 'done' THEN CASE WHEN w.done_at > w.planned_from THEN w.done_at END
                    ELSE w.planned_to END AS ends_at
        FROM plant.work_order AS w
        WHERE w.status IN ('planned', 'in_progress', 'done')
        UNION ALL
        SELECT x.equipment_id, x.status, x.starts_at, x.ends_at
        FROM plant.maintenance AS x
        WHERE x.kind = 'work_order' AND x.status <> 'cancelled'
          AND NOT EXISTS (SELECT FROM plant.work_order AS w WHERE w.maintenance_id = x.id)
    ) AS m
    WHERE m.starts_at >= $1 AND m.starts_at < $2 AND ($3 IS NULL OR m.equipment_id = $3)
    GROUP BY m.equipment_id
    ORDER BY 5 DESC, 2 DESC, m.equipment_id
$$;
COMMENT ON FUNCTION report.reliability_repairs(timestamptz, timestamptz, text, text) IS
    'Section: work orders (plant.work_order, and plant.maintenance of kind work_order that belongs to none) of each '
    'machine that began from … to (exclusive): those that are done and how long they took, those that are open, and '
    'those that should have ended.';
REVOKE ALL ON FUNCTION report.reliability_repairs(timestamptz, timestamptz, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.reliability_repairs(timestamptz, timestamptz, text, text) TO viewer;
