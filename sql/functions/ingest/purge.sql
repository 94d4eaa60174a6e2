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
    )
    SELECT count(*) FROM gone
$$;
COMMENT ON FUNCTION ingest.purge(jsonb) IS
    'Job: removes quarantined messages older than the setting ingest.quarantine_retention, at most 50,000 a run; returns how many.';
REVOKE ALL ON FUNCTION ingest.purge(jsonb) FROM PUBLIC;
