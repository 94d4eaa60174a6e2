CREATE OR REPLACE FUNCTION relay.purge(config jsonb DEFAULT '{}') RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH gone AS (
        DELETE FROM relay.notification AS o
        WHERE o.seq IN (
            SELECT old.seq FROM relay.notification AS old
            WHERE old.created_at < clock_timestamp() - ops.setting_interval('relay.outbox_retention')
              -- what still waits to be sent stays, and so do dead letters: somebody has to look at them
              AND NOT EXISTS (SELECT FROM relay.delivery AS d WHERE d.seq = old.seq
                              AND d.status IN ('pending', 'sending', 'dead'))
              AND NOT EXISTS (SELECT FROM relay.delivery AS d JOIN relay.delivery AS c ON c.id = d.folded_into
                              WHERE d.seq = old.seq AND c.status <> 'delivered')
            ORDER BY old.seq
            LIMIT 50000)
        RETURNING 1
    ), kept AS (
        -- what stays longer keeps what it says: the alarm that it tells of may go before it
        UPDATE relay.notification AS o
        SET data = relay.content(o), transition_id = NULL, moment = NULL
        WHERE o.seq IN (
            SELECT old.seq FROM relay.notification AS old
            WHERE old.created_at < clock_timestamp() - ops.setting_interval('relay.outbox_retention')
              AND old.transition_id IS NOT NULL
              AND (EXISTS (SELECT FROM relay.delivery AS d WHERE d.seq = old.seq
                           AND d.status IN ('pending', 'sending', 'dead'))
                   OR EXISTS (SELECT FROM relay.delivery AS d JOIN relay.delivery AS c ON c.id = d.folded_into
                              WHERE d.seq = old.seq AND c.status <> 'delivered'))
            ORDER BY old.seq
            LIMIT 5000)
    ), own AS (
        -- those that were for one channel alone
        DELETE FROM relay.delivery AS d
        WHERE d.seq IS NULL AND d.status = 'delivered'
          AND d.created_at < clock_timestamp() - ops.setting_interval('relay.outbox_retention')
        RETURNING 1
    )
    SELECT count(*) + (SELECT count(*) FROM own) FROM gone
$$;
COMMENT ON FUNCTION relay.purge(jsonb) IS
    'Job: removes notifications older than the setting relay.outbox_retention whose deliveries all ended well, at most '
    '50,000 a run; returns how many.';
REVOKE ALL ON FUNCTION relay.purge(jsonb) FROM PUBLIC;
