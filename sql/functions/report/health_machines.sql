CREATE OR REPLACE FUNCTION report.health_machines(
    "from" timestamptz, "to" timestamptz, machine text DEFAULT NULL, zone text DEFAULT NULL)
    RETURNS TABLE (equipment text, name text, location text, availability report.share, running interval, starts bigint,
        alarms bigint,
        critical bigint, anomalies bigint, gaps bigint, longest_gap interval)
    LANGUAGE sql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT e.id, e.name, e.location, t.availability, t.running, t.starts, a.alarms, a.critical, p.anomalies,
        coalesce(g.gaps, 0), g.longest
    FROM plant.equipment AS e
    LEFT JOIN report.machine_time($1, $2, $3) AS t ON t.equipment_id = e.id
    LEFT JOIN report.machine_gaps($1, $2, $3) AS g ON g.equipment_id = e.id
    CROSS JOIN LATERAL report.machine_alarms(e.id, $1, $2) AS a
    CROSS JOIN LATERAL report.machine_anomalies(e.id, $1, $2) AS p
    WHERE ($3 IS NULL OR e.id = $3) AND e.status <> 'retired'
    ORDER BY a.critical DESC, t.availability, a.alarms DESC, e.id
$$;
COMMENT ON FUNCTION report.health_machines(timestamptz, timestamptz, text, text) IS
    'Section: each machine from … to: availability and running time (report.machine_time), alarms, anomalies, gaps in its data (report.machine_gaps).';
REVOKE ALL ON FUNCTION report.health_machines(timestamptz, timestamptz, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.health_machines(timestamptz, timestamptz, text, text) TO viewer;
