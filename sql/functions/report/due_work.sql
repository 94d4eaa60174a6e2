CREATE OR REPLACE FUNCTION report.due_work(
    "from" timestamptz, "to" timestamptz, machine text DEFAULT NULL, zone text DEFAULT NULL)
    RETURNS TABLE (equipment text, title text, kind text, status text, starts_at timestamptz, ends_at timestamptz,
        due_in interval, assignee text)
    LANGUAGE sql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT m.equipment_id, m.title, m.kind, m.status, m.starts_at, m.ends_at,
           CASE m.status WHEN 'planned' THEN m.starts_at ELSE m.ends_at END - $1, m.assignee
    FROM (
        SELECT x.id, x.equipment_id, x.title, x.kind, x.status, x.starts_at, x.ends_at, x.assignee
        FROM plant.maintenance AS x
        UNION ALL
        -- of one with a window, that is it
        SELECT w.id, w.equipment_id, w.title, 'work_order', w.status, coalesce(w.planned_from, w.planned_to),
               w.planned_to, w.assignee
        FROM plant.work_order AS w WHERE w.maintenance_id IS NULL
    ) AS m
    WHERE m.status IN ('planned', 'in_progress') AND (m.starts_at < $2) IS NOT FALSE
      AND ($3 IS NULL OR m.equipment_id = $3)
    ORDER BY 7 NULLS LAST, m.id
$$;
COMMENT ON FUNCTION report.due_work(timestamptz, timestamptz, text, text) IS
    'Section: maintenance that is planned before to or under way (plant.maintenance, plant.work_order), soonest first; '
    'due_in counts from from, negative: it should have begun, or ended.';
REVOKE ALL ON FUNCTION report.due_work(timestamptz, timestamptz, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.due_work(timestamptz, timestamptz, text, text) TO viewer;
