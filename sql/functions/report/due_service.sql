CREATE OR REPLACE FUNCTION report.due_service(
    "from" timestamptz, "to" timestamptz, machine text DEFAULT NULL, zone text DEFAULT NULL)
    RETURNS TABLE (equipment text, name text, criticality text, due_at timestamptz, due_in interval,
        last_maintenance timestamptz,
        operating_hours float8, used_share report.share)
    LANGUAGE sql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT e.id, e.name, e.criticality, e.next_maintenance, e.next_maintenance - $1, e.last_maintenance,
        e.operating_hours,
           e.operating_hours / e.max_operating_hours
    FROM plant.equipment AS e
    WHERE (e.next_maintenance < $2 OR e.operating_hours >= 0.9 * e.max_operating_hours)
      AND e.status <> 'retired' AND ($3 IS NULL OR e.id = $3)
    ORDER BY e.next_maintenance NULLS LAST, e.id
$$;
COMMENT ON FUNCTION report.due_service(timestamptz, timestamptz, text, text) IS
    'Section: machines whose next service (plant.equipment.next_maintenance) falls due before to, or that have nine tenths of the hours that they are built for behind them; due_in counts from from, negative: overdue.';
REVOKE ALL ON FUNCTION report.due_service(timestamptz, timestamptz, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.due_service(timestamptz, timestamptz, text, text) TO viewer;
