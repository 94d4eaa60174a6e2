CREATE OR REPLACE FUNCTION alarm.bucket(
    source text, sensor_id integer, "from" timestamptz, "to" timestamptz, pending tstzmultirange
)
    RETURNS TABLE (bucket timestamptz, count bigint, min float8, max float8, mean float8, first_time timestamptz,
                   last_time timestamptz)
    LANGUAGE sql STABLE ROWS 1000
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT m.bucket, m.count, m.min, m.max, m.mean, m.first_time, m.last_time FROM alarm.minute($2, $3, $4, $5) AS m
    WHERE $1 = '1m'
    UNION ALL
    SELECT b.bucket, b.count, b.min, b.max, b.mean, b.first_time, b.last_time FROM rollup.reading_1h AS b
    WHERE $1 = '1h' AND b.sensor_id = $2 AND b.bucket >= $3 AND b.bucket < $4 AND NOT $5 @> b.bucket
    UNION ALL
    SELECT public.time_bucket(INTERVAL '1 hour', m.bucket), sum(m.count)::bigint, min(m.min), max(m.max),
           sum(m.sum) / sum(m.count)::float8, min(m.first_time), max(m.last_time)
    FROM unnest($5 * tstzmultirange(tstzrange(
             date_bin(INTERVAL '1 hour', $3 + INTERVAL '3599.999999 seconds', timestamptz '2000-01-01 00:00Z'),
             date_bin(INTERVAL '1 hour', $4 + INTERVAL '3599.999999 seconds', timestamptz '2000-01-01 00:00Z')))) AS p
    CROSS JOIN LATERAL alarm.minute($2, lower(p), upper(p), telemetry.rollup_pending('1m', lower(p), upper(p))) AS m
    WHERE $1 = '1h'
    GROUP BY 1
$$;
COMMENT ON FUNCTION alarm.bucket(text, integer, timestamptz, timestamptz, tstzmultirange) IS
    'The buckets of a sensor that begin from … to (exclusive), of rollup.reading_1m (source 1m) or rollup.reading_1h '
    '(1h), but those that are pending (telemetry.rollup_pending of the same source) worked out anew.';
REVOKE ALL ON FUNCTION alarm.bucket(text, integer, timestamptz, timestamptz, tstzmultirange) FROM PUBLIC;
