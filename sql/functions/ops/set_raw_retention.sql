-- The policies' functions stand in compat on the Apache edition and in public on Community: unqualified on purpose.
CREATE OR REPLACE FUNCTION ops.set_raw_retention(p_keep interval) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, compat, public, pg_temp
AS $$
BEGIN
    IF p_keep < INTERVAL '3 days' THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', MESSAGE = 'raw readings are kept for at least 3 days', COLUMN = 'keep',
            HINT = 'NULL keeps them for ever';
    END IF;
    PERFORM remove_retention_policy('telemetry.reading', if_exists => true);
    PERFORM remove_continuous_aggregate_policy('rollup.reading_1m', if_exists => true);
    -- Dropping chunks invalidates their minutes on Community: a refresh that reached them would empty the aggregate. So the
    -- refresh stops a chunk (a day) short of where dropping begins. The hours are made of the minutes and need nothing.
    PERFORM add_continuous_aggregate_policy('rollup.reading_1m', start_offset => p_keep - INTERVAL '1 day', end_offset => INTERVAL '1 minute',
        schedule_interval => INTERVAL '1 minute');
    IF p_keep IS NOT NULL THEN
        PERFORM add_retention_policy('telemetry.reading', drop_after => p_keep);
    END IF;
    UPDATE ops.setting SET value = COALESCE(to_jsonb(p_keep::text), 'null'), updated_at = now(), updated_by = session_user
    WHERE name = 'telemetry.raw_retention';
END
$$;
COMMENT ON FUNCTION ops.set_raw_retention(interval) IS
    'Drops raw readings older than this, a day''s chunk at a time (NULL: keep them for ever, as at first; at least 3 days). The aggregates stay. Sets the policies of telemetry.reading and rollup.reading_1m together, as they must agree. Recordings that are replayed from before the limit are dropped by the next run.';
REVOKE ALL ON FUNCTION ops.set_raw_retention(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.set_raw_retention(interval) TO admin;
