CREATE OR REPLACE FUNCTION ops.end_sessions() RETURNS TABLE (pid integer, role text, reason text)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 1
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    -- asked once a second: nothing may be waited for here
    v_patience interval := ops.setting_interval('ops.blocking_patience');
    v_longest interval := ops.setting_interval('ops.longest_transaction');
    v_longest_report interval := ops.setting_interval('ops.longest_report');
    -- Who listens and stays in a transaction keeps the queue of notifications from being emptied, and when it is full, whoever
    -- notifies fails. Anybody may do both; then nobody below administrator has long.
    c_queue_in_danger CONSTANT float8 := 0.1; -- share of the queue
    v_queue_in_danger boolean := pg_notification_queue_usage() > c_queue_in_danger;
BEGIN
    RETURN QUERY
    WITH RECURSIVE blocking (pid) AS (
        SELECT b.pid
        FROM pg_locks AS l
        JOIN pg_stat_activity AS a ON a.pid = l.pid AND a.datname = current_database()
        -- a superuser is a member of everything, and may wait
        JOIN pg_roles AS r ON r.oid = a.usesysid AND NOT r.rolsuper AND pg_has_role(r.oid, 'thin', 'MEMBER')
        CROSS JOIN LATERAL unnest(pg_blocking_pids(l.pid)) AS b (pid)
        WHERE NOT l.granted AND l.waitstart < clock_timestamp() - v_patience
        UNION
        -- who blocks an administrator's session that blocks thin
        SELECT b.pid FROM blocking AS k CROSS JOIN LATERAL unnest(pg_blocking_pids(k.pid)) AS b (pid)
    ), guilty AS (
        SELECT a.pid, a.usename::text AS role,
               CASE WHEN k.pid IS NOT NULL THEN format('kept thin waiting longer than %s (setting ops.blocking_patience)', v_patience)
                    ELSE format('a transaction longer than %s (settings ops.longest_transaction, ops.longest_report)', clock_timestamp() - a.xact_start) END AS reason
        FROM pg_stat_activity AS a
        LEFT JOIN blocking AS k ON k.pid = a.pid
        WHERE a.datname = current_database() AND a.backend_type = 'client backend' AND NOT ops.is_trusted_owner(a.usesysid)
          -- a backup reads for long, and was given the right to
          AND NOT pg_has_role(a.usesysid, 'pg_read_all_data', 'MEMBER')
          AND (k.pid IS NOT NULL
               OR a.xact_start < clock_timestamp() - CASE
                    WHEN v_queue_in_danger THEN v_patience
                    WHEN pg_has_role(a.usesysid, 'grafana_reader', 'MEMBER') THEN v_longest_report
                    -- also a login without any role of ours: connecting is all that it takes
                    ELSE v_longest END)
    )
    SELECT g.pid, g.role, g.reason FROM guilty AS g WHERE pg_terminate_backend(g.pid);
END
$$;
COMMENT ON FUNCTION ops.end_sessions() IS
    'Ends the sessions of roles below administrator that keep thin waiting for a lock, or that keep a transaction open so long that nothing can be cleaned up behind it (less long while the queue of notifications fills up); says which and why. thin calls it every second on a connection of its own.';
REVOKE ALL ON FUNCTION ops.end_sessions() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.end_sessions() TO thin, admin;
