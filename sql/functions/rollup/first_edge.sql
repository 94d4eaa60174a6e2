CREATE OR REPLACE FUNCTION rollup.first_edge() RETURNS timestamptz
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(min(m.minute), 'infinity') FROM rollup.open_minutes() AS m
$$;
COMMENT ON FUNCTION rollup.first_edge() IS 'The first of rollup.open_minutes; infinity: there is none.';
REVOKE ALL ON FUNCTION rollup.first_edge() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rollup.first_edge() TO viewer;
