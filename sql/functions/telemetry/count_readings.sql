CREATE OR REPLACE FUNCTION telemetry.count_readings(sensor_ids integer[], "from" timestamptz, "to" timestamptz) RETURNS bigint
    LANGUAGE plpgsql STABLE STRICT
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_count bigint;
BEGIN
    EXECUTE format('SELECT sum(p.count) FROM (%s) AS p',
        coalesce(telemetry.bucket_parts('month', sensor_ids, "from", "to", 'UTC'), 'SELECT 0 AS count')) INTO v_count USING sensor_ids;
    RETURN coalesce(v_count, 0);
END
$$;
COMMENT ON FUNCTION telemetry.count_readings(integer[], timestamptz, timestamptz) IS
    'How many readings of some sensors there are from … to (exclusive), counted in hours as far as these go. What a retention has dropped since still counts in whole hours and minutes.';
REVOKE ALL ON FUNCTION telemetry.count_readings(integer[], timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telemetry.count_readings(integer[], timestamptz, timestamptz) TO viewer;
