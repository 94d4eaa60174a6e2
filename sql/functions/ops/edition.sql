CREATE OR REPLACE FUNCTION ops.edition() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE current_setting('timescaledb.license', true) WHEN 'apache' THEN 'apache' WHEN 'timescale' THEN 'community' END
$$;
COMMENT ON FUNCTION ops.edition() IS 'Edition of TimescaleDB that this server runs: apache or community; NULL when it is not loaded.';
REVOKE ALL ON FUNCTION ops.edition() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.edition() TO viewer, thin;
