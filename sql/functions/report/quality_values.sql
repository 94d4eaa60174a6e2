CREATE OR REPLACE FUNCTION report.quality_values(
    "from" timestamptz, "to" timestamptz, machine text DEFAULT NULL, zone text DEFAULT NULL)
    RETURNS TABLE (equipment text, sensor text, problem text, messages bigint, first_time timestamptz,
        last_time timestamptz)
    LANGUAGE sql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT x.*
    FROM (
        SELECT n.equipment_id, n.sensor, 'no_value', n.messages, n.first_time, n.last_time FROM report.no_value AS n
        UNION ALL
        SELECT t.equipment_id, t.sensor, 'same_time', t.kept + t.replaced, t.first_time, t.last_time
            FROM report.same_time AS t
    ) AS x (equipment_id, sensor, problem, messages, first_time, last_time)
    WHERE x.last_time >= $1 AND x.first_time < $2 AND ($3 IS NULL OR x.equipment_id = $3)
    ORDER BY x.messages DESC, x.equipment_id, x.sensor, x.problem
$$;
COMMENT ON FUNCTION report.quality_values(timestamptz, timestamptz, text, text) IS
    'Section: sensors that said that they have no value (no_value), or had two values at one time (same_time), heard of from … on (report.no_value, report.same_time); messages counts all since first_time.';
REVOKE ALL ON FUNCTION report.quality_values(timestamptz, timestamptz, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.quality_values(timestamptz, timestamptz, text, text) TO viewer;
