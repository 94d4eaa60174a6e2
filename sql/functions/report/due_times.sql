CREATE OR REPLACE FUNCTION report.due_times(
    times time[], weekdays smallint[], zone text, after timestamptz, until timestamptz)
    RETURNS SETOF timestamptz
    LANGUAGE sql STABLE ROWS 10
    SET search_path = pg_catalog, pg_temp
AS $$
    -- each day of the zone has each time once, however long the day is; two that clocks put at one moment are one
    SELECT DISTINCT x.due
    FROM (
        SELECT (d.day::date + t.time) AT TIME ZONE due_times.zone AS due
        FROM generate_series((due_times.after AT TIME ZONE due_times.zone)::date - 2,
                             (due_times.until AT TIME ZONE due_times.zone)::date + 1, INTERVAL '1 day') AS d (day)
        CROSS JOIN unnest(due_times.times) AS t (time)
        WHERE extract(isodow FROM d.day) = ANY (due_times.weekdays)
    ) AS x
    WHERE x.due > due_times.after AND x.due <= due_times.until
    ORDER BY x.due
$$;
COMMENT ON FUNCTION report.due_times(time[], smallint[], text, timestamptz, timestamptz) IS
    'When a schedule is due after one moment and not after another: times of day on weekdays (ISO, 1 Monday) of a zone.';
REVOKE ALL ON FUNCTION report.due_times(time[], smallint[], text, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.due_times(time[], smallint[], text, timestamptz, timestamptz) TO viewer;
