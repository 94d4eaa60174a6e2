CREATE OR REPLACE FUNCTION alarm.measure_aggregate_stale(c alarm.system_condition, "now" timestamptz)
    RETURNS TABLE (object text, value float8, detail jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    -- what is allowed holds the limit already: it is told there, too
    SELECT a.name, round(extract(epoch FROM a.lag - a.allowed) + coalesce(c.high, 0)::numeric)::float8,
           jsonb_build_object('aggregate', a.name, 'watermark', CASE WHEN isfinite(a.watermark) THEN a.watermark END)
    FROM ops.aggregate_lag() AS a
    WHERE a.lag - a.allowed + coalesce(c.high, 0) * INTERVAL '1 second' > INTERVAL '0'
$$;
COMMENT ON FUNCTION alarm.measure_aggregate_stale(alarm.system_condition, timestamptz) IS
    'Seconds that the finished buckets of an aggregate lie further behind the newest live point than its policy '
    'explains.';
REVOKE ALL ON FUNCTION alarm.measure_aggregate_stale(alarm.system_condition, timestamptz) FROM PUBLIC;
