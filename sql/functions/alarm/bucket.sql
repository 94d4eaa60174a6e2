CREATE OR REPLACE FUNCTION alarm.bucket(source text, sensor_id integer, "from" timestamptz, "to" timestamptz)
    RETURNS TABLE (bucket timestamptz, count bigint, min float8, max float8, mean float8, first_time timestamptz, last_time timestamptz)
    LANGUAGE sql STABLE ROWS 1000
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT b.bucket, b.count, b.min, b.max, b.mean, b.first_time, b.last_time FROM rollup.reading_1m AS b
    WHERE $1 = '1m' AND b.sensor_id = $2 AND b.bucket >= $3 AND b.bucket < $4
    UNION ALL
    SELECT b.bucket, b.count, b.min, b.max, b.mean, b.first_time, b.last_time FROM rollup.reading_1h AS b
    WHERE $1 = '1h' AND b.sensor_id = $2 AND b.bucket >= $3 AND b.bucket < $4
$$;
COMMENT ON FUNCTION alarm.bucket(text, integer, timestamptz, timestamptz) IS
    'The buckets of a sensor that begin from … to (exclusive), of rollup.reading_1m (source 1m) or rollup.reading_1h (1h).';
REVOKE ALL ON FUNCTION alarm.bucket(text, integer, timestamptz, timestamptz) FROM PUBLIC;
