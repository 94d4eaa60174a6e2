CREATE OR REPLACE FUNCTION ops.server_warnings() RETURNS TABLE (warning text)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    -- a query over all of a hypertable locks each chunk and its two indexes
    WITH fact AS (
        SELECT current_setting('max_locks_per_transaction')::bigint AS locks,
               current_setting('max_locks_per_transaction')::bigint
                   * (current_setting('max_connections')::bigint + current_setting('max_prepared_transactions')::bigint) AS room,
               ops.setting_int('ops.locks_per_transaction') AS promised,
               ops.setting_int('ops.readers_of_everything') AS readers,
               (SELECT count(*) FROM _timescaledb_catalog.dimension_slice AS s WHERE s.dimension_id = (SELECT d.id FROM telemetry.reading_dimension() AS d)) AS chunks
    )
    SELECT format('max_locks_per_transaction is %s, less than %s: queries over years of readings may fail with "out of shared memory"', f.locks, f.promised)
    FROM fact AS f WHERE f.locks < f.promised
    UNION ALL
    SELECT format('telemetry.reading has %s chunks: %s sessions that read all of it at once need more locks than the server has (%s); raise max_locks_per_transaction', f.chunks, f.readers, f.room)
    FROM fact AS f WHERE f.chunks * 3 * f.readers > f.room
$$;
COMMENT ON FUNCTION ops.server_warnings() IS
    'What the server''s configuration does not give that the product promises: room for locks. Part of ops.health.';
REVOKE ALL ON FUNCTION ops.server_warnings() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.server_warnings() TO viewer, thin;
