CREATE OR REPLACE FUNCTION report.shift_maintenance(
    "from" timestamptz, "to" timestamptz, machine text DEFAULT NULL, zone text DEFAULT NULL)
    RETURNS TABLE (equipment text, title text, kind text, status text, starts_at timestamptz, ends_at timestamptz,
        assignee text)
    LANGUAGE sql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT m.equipment_id, m.title, m.kind, m.status, m.starts_at, m.ends_at, m.assignee
    FROM plant.maintenance AS m
    WHERE m.starts_at < $2 AND (m.ends_at IS NULL OR m.ends_at > $1) AND m.status <> 'cancelled'
      -- one that was done without anybody writing when it ended: of the time when it began
      AND (m.ends_at IS NOT NULL OR m.status <> 'done' OR m.starts_at >= $1)
      AND ($3 IS NULL OR m.equipment_id = $3)
    ORDER BY m.starts_at, m.id
$$;
COMMENT ON FUNCTION report.shift_maintenance(timestamptz, timestamptz, text, text) IS
    'Section: maintenance that was under way or planned from … to, cancelled left out.';
REVOKE ALL ON FUNCTION report.shift_maintenance(timestamptz, timestamptz, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.shift_maintenance(timestamptz, timestamptz, text, text) TO viewer;
