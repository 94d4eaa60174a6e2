CREATE OR REPLACE FUNCTION alarm.series_readings(r alarm.rule, g alarm.signal, "from" timestamptz, "to" timestamptz)
    RETURNS TABLE ("time" timestamptz, value float8)
    LANGUAGE sql STABLE ROWS 1000
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT d.time, d.value FROM telemetry.reading AS d
    WHERE d.sensor_id = g.sensor_id AND d.time >= series_readings.from AND d.time <= series_readings.to
      AND d.quality < 2
    ORDER BY d.time
$$;
COMMENT ON FUNCTION alarm.series_readings(alarm.rule, alarm.signal, timestamptz, timestamptz) IS
    'The readings themselves, both ends included. See alarm.series.';
REVOKE ALL ON FUNCTION alarm.series_readings(alarm.rule, alarm.signal, timestamptz, timestamptz) FROM PUBLIC;
