CREATE OR REPLACE FUNCTION ingest.is_mark(sensor_id integer, sensor_type text, value float8) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (
        SELECT FROM ingest.no_value AS n
        WHERE n.low = n.high AND n.low = $3
          AND (n.sensor_id = $1 OR n.sensor_type = $2 OR num_nonnulls(n.sensor_id, n.sensor_type) = 0))
$$;
COMMENT ON FUNCTION ingest.is_mark(integer, text, float8) IS
    'Whether a value, as it was sent, is one of the single numbers that devices send instead of a value '
    '(ingest.no_value, -9999): it is in no unit and is not converted. Spans are in the sensor''s unit.';
REVOKE ALL ON FUNCTION ingest.is_mark(integer, text, float8) FROM PUBLIC;
