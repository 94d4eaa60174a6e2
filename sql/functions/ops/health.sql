CREATE OR REPLACE FUNCTION ops.health() RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH fact AS (
        SELECT pg_is_in_recovery() AS is_standby,
               (SELECT max(l.received_at) FROM telemetry.latest AS l) AS last_received,
               (SELECT count(*) FROM relay.delivery AS d WHERE d.status = 'dead') AS dead_letters,
               (SELECT count(*) FROM relay.delivery AS d WHERE d.status IN ('pending', 'sending')) AS waiting_deliveries,
               (SELECT coalesce(jsonb_agg(j.name ORDER BY j.name), '[]') FROM ops.job AS j WHERE j.enabled AND j.failures > 0) AS failing_jobs
    )
    SELECT jsonb_build_object(
        'status', CASE WHEN f.is_standby THEN 'down' ELSE 'ok' END,
        -- only what keeps this database from taking data in; the rest is there to be looked at, and alarms tell of it
        'problems', CASE WHEN f.is_standby THEN '["the database is a read-only standby"]'::jsonb ELSE '[]' END,
        'edition', ops.edition(),
        'last_received', to_char(f.last_received AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'dead_letters', f.dead_letters,
        'waiting_deliveries', f.waiting_deliveries,
        'failing_jobs', f.failing_jobs)
    FROM fact AS f
$$;
COMMENT ON FUNCTION ops.health() IS
    'How the database sees itself: {status: ok | down, problems[], edition, last_received, dead_letters, waiting_deliveries, failing_jobs[]}. Part of GET /health.';
REVOKE ALL ON FUNCTION ops.health() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.health() TO thin, viewer;
