CREATE OR REPLACE FUNCTION rollup.open_hours() RETURNS TABLE (hour timestamptz, bucket timestamptz, bucket_end timestamptz)
    LANGUAGE sql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT h, d.bucket, d.bucket_end
    FROM rollup.open_days() AS d
    CROSS JOIN LATERAL generate_series(d.first_hour, d.last_hour - INTERVAL '1 hour', '1 hour') AS h
$$;
COMMENT ON FUNCTION rollup.open_hours() IS 'The hours that lie wholly in an open day, each with its day.';
REVOKE ALL ON FUNCTION rollup.open_hours() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rollup.open_hours() TO viewer;
