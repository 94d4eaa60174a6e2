CREATE OR REPLACE FUNCTION report.period(report text, "at" timestamptz, zone text)
    RETURNS TABLE ("from" timestamptz, "to" timestamptz)
    LANGUAGE sql STABLE ROWS 1
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT p.*
    FROM report.definition AS d
    CROSS JOIN LATERAL (SELECT period.at AT TIME ZONE period.zone AS time) AS l
    CROSS JOIN LATERAL (
        SELECT s.* FROM report.shift(period.at, period.zone) AS s WHERE d.span = 'shift'
        UNION ALL
        SELECT (date_trunc('day', l.time) - d.length) AT TIME ZONE period.zone,
               date_trunc('day', l.time) AT TIME ZONE period.zone WHERE d.span = 'days'
        UNION ALL
        SELECT (l.time - d.length) AT TIME ZONE period.zone, period.at WHERE d.span = 'past'
        UNION ALL
        SELECT period.at, (l.time + d.length) AT TIME ZONE period.zone WHERE d.span = 'future'
    ) AS p
    WHERE d.name = period.report
$$;
COMMENT ON FUNCTION report.period(text, timestamptz, text) IS
    'What time a report is about that is made at a moment (report.definition). No row: there is no such report.';
REVOKE ALL ON FUNCTION report.period(text, timestamptz, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.period(text, timestamptz, text) TO viewer;
