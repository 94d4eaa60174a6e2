CREATE OR REPLACE FUNCTION report.shift_alarms(
    "from" timestamptz, "to" timestamptz, machine text DEFAULT NULL, zone text DEFAULT NULL)
    RETURNS TABLE (raised_at timestamptz, severity text, equipment text, sensor text, rule text, peak_value float8,
        unit text,
        standing interval, acknowledged_by text)
    LANGUAGE sql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT a.raised_at, a.worst_severity, a.equipment_id, s.name, a.code, a.peak_value, s.unit,
           least(coalesce(a.cleared_at, now()), $2) - a.raised_at, a.acknowledged_by
    FROM alarm.alarm AS a
    LEFT JOIN plant.sensor AS s ON s.id = a.sensor_id
    LEFT JOIN alarm.severity AS v ON v.name = a.worst_severity
    WHERE a.raised_at >= $1 AND a.raised_at < $2 AND a.retracted_at IS NULL AND ($3 IS NULL OR a.equipment_id = $3)
    ORDER BY v.rank DESC NULLS LAST, 8 DESC, a.raised_at, a.id
$$;
COMMENT ON FUNCTION report.shift_alarms(timestamptz, timestamptz, text, text) IS
    'Section: alarms raised from … to (exclusive), worst and longest first; standing: until they cleared, or until to.';
REVOKE ALL ON FUNCTION report.shift_alarms(timestamptz, timestamptz, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.shift_alarms(timestamptz, timestamptz, text, text) TO viewer;
