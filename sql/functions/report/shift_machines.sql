CREATE OR REPLACE FUNCTION report.shift_machines(
    "from" timestamptz, "to" timestamptz, machine text DEFAULT NULL, zone text DEFAULT NULL)
    RETURNS TABLE (equipment text, name text, availability report.share, running interval, stopped interval,
        starts bigint,
        alarms bigint, critical bigint, anomalies bigint, energy_kwh float8)
    LANGUAGE sql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT e.id, e.name, t.availability, t.running, t.stopped, t.starts, a.alarms, a.critical, p.anomalies, t.energy
    FROM plant.equipment AS e
    LEFT JOIN report.machine_time($1, $2, $3) AS t ON t.equipment_id = e.id
    CROSS JOIN LATERAL report.machine_alarms(e.id, $1, $2) AS a
    CROSS JOIN LATERAL report.machine_anomalies(e.id, $1, $2) AS p
    WHERE ($3 IS NULL OR e.id = $3) AND e.status <> 'retired'
    ORDER BY a.critical DESC, a.alarms DESC, e.id
$$;
COMMENT ON FUNCTION report.shift_machines(timestamptz, timestamptz, text, text) IS
    'Section: each machine from … to: how long it ran (report.machine_time), alarms raised, those that were critical, anomalies that its model found, energy.';
REVOKE ALL ON FUNCTION report.shift_machines(timestamptz, timestamptz, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.shift_machines(timestamptz, timestamptz, text, text) TO viewer;
