CREATE OR REPLACE FUNCTION rollup.minute_quantiles(p_sensor_id integer, p_minute timestamptz, p_count bigint, p_fractions float8[]) RETURNS float8[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    -- only the chunk of this minute is planned, and locked
    SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
    RETURN (
        SELECT CASE WHEN count(*) >= p_count THEN percentile_disc(p_fractions) WITHIN GROUP (ORDER BY r.value) END
        FROM telemetry.reading AS r
        WHERE r.sensor_id = p_sensor_id AND r.time >= p_minute AND r.time < p_minute + INTERVAL '1 minute');
END
$$;
COMMENT ON FUNCTION rollup.minute_quantiles(integer, timestamptz, bigint, float8[]) IS
    'Exact quantiles of a sensor''s readings of one minute. NULL when fewer than p_count of them are still there: dropped by retention.';
REVOKE ALL ON FUNCTION rollup.minute_quantiles(integer, timestamptz, bigint, float8[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rollup.minute_quantiles(integer, timestamptz, bigint, float8[]) TO viewer;
