CREATE OR REPLACE FUNCTION ingest.is_no_value(sensor_id integer, sensor_type text, value float8) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (
        SELECT FROM ingest.no_value AS n
        WHERE $3 BETWEEN n.low AND n.high
          AND (n.sensor_id = $1 OR n.sensor_type = $2 OR num_nonnulls(n.sensor_id, n.sensor_type) = 0))
$$;
COMMENT ON FUNCTION ingest.is_no_value(integer, text, float8) IS
    'Whether a value stands for "no value" at this sensor (ingest.no_value).';
REVOKE ALL ON FUNCTION ingest.is_no_value(integer, text, float8) FROM PUBLIC;
