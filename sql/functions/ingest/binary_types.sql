CREATE OR REPLACE FUNCTION ingest.binary_types() RETURNS text[]
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ARRAY(SELECT b.sensor_type FROM ingest.binary_type AS b)
$$;
COMMENT ON FUNCTION ingest.binary_types() IS
    'Types of sensors for which true is 1 and false is 0 (ingest.binary_type). Read once a batch.';
REVOKE ALL ON FUNCTION ingest.binary_types() FROM PUBLIC;
