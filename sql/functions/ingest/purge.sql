CREATE OR REPLACE FUNCTION ingest.purge(config jsonb DEFAULT '{}') RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH gone AS (
        DELETE FROM ingest.quarantine AS q
        WHERE q.id IN (
            SELECT old.id FROM ingest.quarantine AS old
            WHERE old.received_at < clock_timestamp() - ops.setting_interval('ingest.quarantine_retention')
            ORDER BY old.received_at
            LIMIT 50000)
        RETURNING 1
    ), forgotten AS (
        DELETE FROM ingest.replaced_value AS v
        WHERE (v.sensor_id, v.time, v.value) IN (
            SELECT old.sensor_id, old.time, old.value FROM ingest.replaced_value AS old
            WHERE old.replaced_at < clock_timestamp() - ops.setting_interval('ingest.quarantine_retention')
            ORDER BY old.replaced_at
            LIMIT 50000)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM forgotten)
$$;
COMMENT ON FUNCTION ingest.purge(jsonb) IS
    'Job: removes quarantined messages, and values that others took the place of, older than the setting '
    'ingest.quarantine_retention, at most 50,000 of each a run; returns how many.';
REVOKE ALL ON FUNCTION ingest.purge(jsonb) FROM PUBLIC;
