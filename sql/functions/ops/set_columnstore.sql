-- The policies' procedures stand in compat on the Apache edition and in public on Community: unqualified on purpose.
CREATE OR REPLACE FUNCTION ops.set_columnstore(p_after interval DEFAULT '10 days') RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, compat, public, pg_temp
AS $$
BEGIN
    IF p_after < ops.setting_interval('ingest.live_span') + INTERVAL '1 day' THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', MESSAGE = 'readings go into columns when no live point comes for them any more', COLUMN = 'after',
            DETAIL = format('at least a day after the setting ingest.live_span (%s)', ops.setting_interval('ingest.live_span'));
    END IF;
    IF ops.edition() = 'community' THEN
        -- one sensor over a stretch of time is the usual question; how the choice was measured: docs/editions.md
        ALTER TABLE telemetry.reading SET (timescaledb.compress, timescaledb.compress_segmentby = 'sensor_id', timescaledb.compress_orderby = 'time');
    END IF;
    EXECUTE 'CALL remove_columnstore_policy(''telemetry.reading'', if_exists => true)';
    IF p_after IS NOT NULL THEN
        EXECUTE format('CALL add_columnstore_policy(''telemetry.reading'', after => %L::interval)', p_after);
    END IF;
    UPDATE ops.setting SET value = coalesce(to_jsonb(p_after::text), 'null'), updated_at = now(), updated_by = auth.actor()
    WHERE name = 'telemetry.columnstore_after';
END
$$;
COMMENT ON FUNCTION ops.set_columnstore(interval) IS
    'Community: chunks of readings older than this go into columns (about a tenth of the size), segmented by sensor and ordered by time; NULL: none does any more, what is there stays. At least a day more than the setting ingest.live_span (MW422). Apache: the setting is kept, a NOTICE says that nothing is done.';
REVOKE ALL ON FUNCTION ops.set_columnstore(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.set_columnstore(interval) TO admin;
