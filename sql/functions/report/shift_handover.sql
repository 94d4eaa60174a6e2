CREATE OR REPLACE FUNCTION report.shift_handover(
    "from" timestamptz, "to" timestamptz, machine text DEFAULT NULL, zone text DEFAULT NULL)
    RETURNS TABLE (severity text, equipment text, sensor text, rule text, raised_at timestamptz, standing interval,
        acknowledged boolean, value float8, unit text)
    LANGUAGE sql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(x.severity, a.worst_severity), a.equipment_id, s.name, a.code, a.raised_at, $2 - a.raised_at,
           a.acknowledged_at <= $2 IS TRUE, x.value, s.unit
    FROM alarm.alarm AS a
    LEFT JOIN plant.sensor AS s ON s.id = a.sensor_id
    LEFT JOIN LATERAL (
        -- as bad as it was then
        SELECT t.severity, t.value FROM alarm.transition AS t
        WHERE t.alarm_id = a.id AND t.occurred_at <= $2 ORDER BY t.id DESC LIMIT 1
    ) AS x ON true
    LEFT JOIN alarm.severity AS v ON v.name = coalesce(x.severity, a.worst_severity)
    WHERE a.raised_at < $2 AND (a.cleared_at IS NULL OR a.cleared_at > $2) AND a.retracted_at IS NULL
      AND ($3 IS NULL OR a.equipment_id = $3)
    ORDER BY v.rank DESC NULLS LAST, a.raised_at, a.id
$$;
COMMENT ON FUNCTION report.shift_handover(timestamptz, timestamptz, text, text) IS
    'Section: what stands at to and is handed over: alarms raised before and not cleared by then, worst and oldest first.';
REVOKE ALL ON FUNCTION report.shift_handover(timestamptz, timestamptz, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.shift_handover(timestamptz, timestamptz, text, text) TO viewer;
