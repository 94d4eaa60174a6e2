CREATE OR REPLACE FUNCTION ingest.count_no_value(sensor_id integer[], "time" timestamptz[], value float8[]) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO ingest.no_value_seen AS c (sensor_id, messages, first_time, last_time, last_value)
    SELECT u.sensor_id, count(*), min(u.time), max(u.time), (array_agg(u.value ORDER BY u.time DESC))[1]
    FROM unnest($1, $2, $3) AS u (sensor_id, "time", value)
    GROUP BY u.sensor_id
    -- in the order in which ingest.store locks the same sensors
    ORDER BY u.sensor_id
    ON CONFLICT (sensor_id) DO UPDATE SET
        messages = c.messages + excluded.messages, first_time = least(c.first_time, excluded.first_time),
        last_time = greatest(c.last_time, excluded.last_time),
        last_value = CASE WHEN excluded.last_time >= c.last_time THEN excluded.last_value ELSE c.last_value END
$$;
COMMENT ON FUNCTION ingest.count_no_value(integer[], timestamptz[], float8[]) IS
    'Counts values that stood for "no value" (arrays of equal length) in ingest.no_value_seen. One that is sent twice '
    'counts twice.';
REVOKE ALL ON FUNCTION ingest.count_no_value(integer[], timestamptz[], float8[]) FROM PUBLIC;
