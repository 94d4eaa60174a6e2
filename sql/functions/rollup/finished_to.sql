CREATE OR REPLACE FUNCTION rollup.finished_to() RETURNS timestamptz
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.finished_to FROM rollup.day_state AS s
$$;
COMMENT ON FUNCTION rollup.finished_to() IS 'rollup.day_state.finished_to: rollup.reading_1d reads rows before it and works out the days from it on.';
REVOKE ALL ON FUNCTION rollup.finished_to() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rollup.finished_to() TO viewer;
