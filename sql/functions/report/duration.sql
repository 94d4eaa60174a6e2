CREATE OR REPLACE FUNCTION report.duration(span interval) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN s.seconds < 0 THEN '-' ELSE '' END || CASE
        WHEN abs(s.seconds) < 119.5 THEN round(abs(s.seconds)) || ' s'
        WHEN abs(s.seconds) < 86400 THEN
            floor(abs(s.seconds) / 3600) || ':' || to_char(floor(abs(s.seconds) / 60)::bigint % 60, 'FM00')
        ELSE floor(abs(s.seconds) / 86400) || ' d ' || floor(abs(s.seconds) / 3600)::bigint % 24 || ' h' END
    FROM (SELECT extract(epoch FROM span) AS seconds) AS s
$$;
COMMENT ON FUNCTION report.duration(interval) IS
    'A span of time as a report prints it: seconds, hours:minutes, or days and hours.';
REVOKE ALL ON FUNCTION report.duration(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.duration(interval) TO viewer;
