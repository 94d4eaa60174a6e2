-- The policies' functions stand in compat on the Apache edition and in public on Community: unqualified on purpose.
CREATE OR REPLACE FUNCTION ops.set_retention(p_raw interval DEFAULT '30 days', p_minutes interval DEFAULT '1 year', p_hours interval DEFAULT '5 years')
    RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, compat, public, pg_temp
AS $$
DECLARE
    -- a chunk of each level: what a refresh must stay away from, and the least that can be kept
    c_raw_chunk CONSTANT interval := INTERVAL '1 day';
    c_minute_chunk CONSTANT interval := INTERVAL '10 days';
BEGIN
    IF p_raw < 3 * c_raw_chunk THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', MESSAGE = 'raw readings are kept for at least 3 days', COLUMN = 'keep',
            HINT = 'NULL keeps them for ever';
    ELSIF p_minutes < 3 * c_minute_chunk THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', MESSAGE = 'minutes are kept for at least 30 days', COLUMN = 'minutes',
            HINT = 'NULL keeps them for ever';
    ELSIF coalesce(p_minutes, 'infinity') < coalesce(p_raw, 'infinity') THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', MESSAGE = 'minutes are kept at least as long as the readings that they are made of', COLUMN = 'minutes';
    ELSIF coalesce(p_hours, 'infinity') < coalesce(p_minutes, 'infinity') THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', MESSAGE = 'hours are kept at least as long as the minutes that they are made of', COLUMN = 'hours';
    END IF;
    PERFORM remove_retention_policy('telemetry.reading', if_exists => true);
    PERFORM remove_retention_policy('rollup.reading_1m', if_exists => true);
    PERFORM remove_continuous_aggregate_policy('rollup.reading_1m', if_exists => true);
    PERFORM remove_continuous_aggregate_policy('rollup.reading_1h', if_exists => true);
    -- Dropping chunks invalidates their buckets on Community: a refresh that reached them would empty the aggregate. So each refresh
    -- stops a chunk short of where dropping begins.
    PERFORM add_continuous_aggregate_policy('rollup.reading_1m', start_offset => p_raw - c_raw_chunk, end_offset => INTERVAL '1 minute',
        schedule_interval => INTERVAL '1 minute');
    PERFORM add_continuous_aggregate_policy('rollup.reading_1h', start_offset => p_minutes - c_minute_chunk, end_offset => INTERVAL '1 hour',
        schedule_interval => INTERVAL '10 minutes');
    IF p_raw IS NOT NULL THEN
        PERFORM add_retention_policy('telemetry.reading', drop_after => p_raw);
    END IF;
    IF p_minutes IS NOT NULL THEN
        PERFORM add_retention_policy('rollup.reading_1m', drop_after => p_minutes);
    END IF;
    -- hours go by rollup.drop_hours, which asks the days first
    UPDATE ops.setting AS s SET value = coalesce(to_jsonb(k.keep::text), 'null'), updated_at = now(), updated_by = auth.actor()
    FROM (VALUES ('telemetry.raw_retention', p_raw), ('rollup.minute_retention', p_minutes), ('rollup.hour_retention', p_hours)) AS k (name, keep)
    WHERE s.name = k.name;
END
$$;
COMMENT ON FUNCTION ops.set_retention(interval, interval, interval) IS
    'How long each level is kept: raw readings (at least 3 days), minutes (at least 30 days), hours with their sketches; NULL: for ever, as all are at first. Days are always kept. Called without arguments: 30 days, 1 year, 5 years. Each level is kept at least as long as the one that it is made of (MW422). Drops whole chunks (a day, 10 days, 100 days), so a little later than said. Recordings that are replayed from before the limit are dropped by the next run.';
REVOKE ALL ON FUNCTION ops.set_retention(interval, interval, interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.set_retention(interval, interval, interval) TO admin;
