CREATE OR REPLACE FUNCTION report.worst_severity() RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.name FROM alarm.severity AS s ORDER BY s.rank DESC LIMIT 1
$$;
COMMENT ON FUNCTION report.worst_severity() IS 'The severity that reports count as critical: the one with the greatest rank.';
REVOKE ALL ON FUNCTION report.worst_severity() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.worst_severity() TO viewer;
