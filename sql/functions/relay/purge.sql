CREATE OR REPLACE FUNCTION relay.purge(config jsonb DEFAULT '{}') RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH gone AS (
        DELETE FROM relay.outbox AS o
        WHERE o.seq IN (
            SELECT old.seq FROM relay.outbox AS old
            WHERE old.created_at < clock_timestamp() - ops.setting_interval('relay.outbox_retention')
              -- what still waits to be sent stays, and so do dead letters: somebody has to look at them
              AND NOT EXISTS (SELECT FROM relay.delivery AS d WHERE d.seq = old.seq AND d.status <> 'delivered')
            ORDER BY old.seq
            LIMIT 50000)
        RETURNING 1
    )
    SELECT count(*) FROM gone
$$;
COMMENT ON FUNCTION relay.purge(jsonb) IS
    'Job: removes notifications older than the setting relay.outbox_retention whose deliveries all ended well, at most 50,000 a run; returns how many.';
REVOKE ALL ON FUNCTION relay.purge(jsonb) FROM PUBLIC;
