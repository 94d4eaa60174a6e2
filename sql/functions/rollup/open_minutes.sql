CREATE OR REPLACE FUNCTION rollup.open_minutes() RETURNS TABLE (minute timestamptz, bucket timestamptz, bucket_end timestamptz)
    LANGUAGE sql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT m, d.bucket, d.bucket_end
    FROM rollup.open_days() AS d
    CROSS JOIN LATERAL (
        SELECT generate_series(date_bin('1 minute', d.bucket + INTERVAL '59.999999 seconds', '2000-01-01 00:00Z'),
            least(d.first_hour, d.bucket_end) - INTERVAL '1 microsecond', '1 minute')
        UNION ALL
        SELECT generate_series(d.last_hour, d.bucket_end - INTERVAL '1 microsecond', '1 minute')
        WHERE d.last_hour >= d.first_hour AND d.last_hour < d.bucket_end
    ) AS x (m)
$$;
COMMENT ON FUNCTION rollup.open_minutes() IS
    'The minutes of open days that lie in no whole hour of theirs, each with its day: none where midnight is on the hour of UTC.';
REVOKE ALL ON FUNCTION rollup.open_minutes() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rollup.open_minutes() TO viewer;
