CREATE OR REPLACE FUNCTION alarm.minute(sensor_id integer, "from" timestamptz, "to" timestamptz, pending tstzmultirange)
    RETURNS TABLE (bucket timestamptz, count bigint, min float8, max float8, mean float8, sum float8, sum_sq float8,
                   first_time timestamptz, last_time timestamptz)
    LANGUAGE sql STABLE ROWS 1000
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT b.bucket, b.count, b.min, b.max, b.mean, b.sum, b.sum_sq, b.first_time, b.last_time
    FROM rollup.reading_1m AS b
    WHERE b.sensor_id = $1 AND b.bucket >= $2 AND b.bucket < $3 AND NOT $4 @> b.bucket
    UNION ALL
    SELECT p.* FROM alarm.pending_minute($1, $2, $3, $4) AS p WHERE $4 <> '{}'
$$;
COMMENT ON FUNCTION alarm.minute(integer, timestamptz, timestamptz, tstzmultirange) IS
    'The minutes of a sensor that begin from … to (exclusive): as rollup.reading_1m has them, but those that are '
    'pending (telemetry.rollup_pending) worked out anew.';
REVOKE ALL ON FUNCTION alarm.minute(integer, timestamptz, timestamptz, tstzmultirange) FROM PUBLIC;
