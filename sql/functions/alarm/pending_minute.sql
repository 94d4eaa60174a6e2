CREATE OR REPLACE FUNCTION alarm.pending_minute(
    sensor_id integer, "from" timestamptz, "to" timestamptz, pending tstzmultirange
)
    RETURNS TABLE (bucket timestamptz, count bigint, min float8, max float8, mean float8, sum float8, sum_sq float8,
                   first_time timestamptz, last_time timestamptz)
    LANGUAGE sql STABLE ROWS 10
    SET search_path = pg_catalog, pg_temp
AS $$
    -- what the next refresh will make of them
    SELECT public.time_bucket(INTERVAL '1 minute', d.time), count(*), min(d.value), max(d.value), avg(d.value),
           sum(d.value),
           sum(d.value * d.value), min(d.time), max(d.time)
    FROM unnest($4 * tstzmultirange(tstzrange(
             date_bin(INTERVAL '1 minute', $2 + INTERVAL '59.999999 seconds', timestamptz '2000-01-01 00:00Z'),
             date_bin(INTERVAL '1 minute', $3 + INTERVAL '59.999999 seconds', timestamptz '2000-01-01 00:00Z')))) AS p
    JOIN telemetry.reading AS d ON d.sensor_id = $1 AND d.time >= lower(p) AND d.time < upper(p)
    GROUP BY 1
$$;
COMMENT ON FUNCTION alarm.pending_minute(integer, timestamptz, timestamptz, tstzmultirange) IS
    'The minutes of a sensor that begin from … to (exclusive) and are pending (telemetry.rollup_pending of source 1m), '
    'from the readings themselves: what the next refresh of rollup.reading_1m will make of them.';
REVOKE ALL ON FUNCTION alarm.pending_minute(integer, timestamptz, timestamptz, tstzmultirange) FROM PUBLIC;
