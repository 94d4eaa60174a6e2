CREATE OR REPLACE FUNCTION report.due_calibration(
    "from" timestamptz, "to" timestamptz, machine text DEFAULT NULL, zone text DEFAULT NULL)
    RETURNS TABLE (equipment text, sensor text, sensor_type text, calibrated date, calibration_due date,
        days_left bigint)
    LANGUAGE sql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.equipment_id, s.name, s.type, s.calibration_date, s.calibration_due,
        (s.calibration_due - ($1 AT TIME ZONE z.name)::date)::bigint
    FROM plant.sensor AS s
    CROSS JOIN (SELECT report.zone($4) AS name OFFSET 0) AS z
    WHERE isfinite(s.calibration_due) AND s.calibration_due < ($2 AT TIME ZONE z.name)::date
      AND s.status <> 'retired' AND ($3 IS NULL OR s.equipment_id = $3)
    ORDER BY s.calibration_due, s.equipment_id, s.name
$$;
COMMENT ON FUNCTION report.due_calibration(timestamptz, timestamptz, text, text) IS
    'Section: sensors whose calibration falls due before to (plant.sensor.calibration_due); days_left counts from the day of from in the zone, negative: overdue.';
REVOKE ALL ON FUNCTION report.due_calibration(timestamptz, timestamptz, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.due_calibration(timestamptz, timestamptz, text, text) TO viewer;
