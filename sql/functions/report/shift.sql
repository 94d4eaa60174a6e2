CREATE OR REPLACE FUNCTION report.shift("at" timestamptz, zone text)
    RETURNS TABLE ("from" timestamptz, "to" timestamptz)
    LANGUAGE sql STABLE ROWS 1
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH begins AS (
        SELECT DISTINCT (d.day::date + s.start::time) AT TIME ZONE shift.zone AS time
        FROM generate_series((shift.at AT TIME ZONE shift.zone)::date - 3, (shift.at AT TIME ZONE shift.zone)::date + 1,
                 INTERVAL '1 day') AS d (day),
             jsonb_array_elements_text(ops.setting_text('alarm.shift_starts')::jsonb) AS s (start)
    ), ends AS (
        SELECT max(b.time) AS time FROM begins AS b WHERE b.time <= shift.at
    )
    SELECT max(b.time), e.time FROM begins AS b JOIN ends AS e ON b.time < e.time GROUP BY e.time
$$;
COMMENT ON FUNCTION report.shift(timestamptz, text) IS
    'The shift that ended last before or at a moment (setting alarm.shift_starts, days of the zone).';
REVOKE ALL ON FUNCTION report.shift(timestamptz, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.shift(timestamptz, text) TO viewer;
