CREATE OR REPLACE FUNCTION alarm.measure_ingest_lag(c alarm.system_condition, "now" timestamptz)
    RETURNS TABLE (object text, value float8, detail jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT concat_ws(' ', p.instance, l.lane), round(x.seconds::numeric, 1)::float8,
           jsonb_build_object('instance', p.instance, 'lane', l.lane, 'held_messages', l.held_messages, 'error',
                              l.error,
               'commits_fail', l.failing_since IS NOT NULL)
    FROM ops.live_processes(measure_ingest_lag.now) AS p
    JOIN ops.process_lane AS l ON l.process_id = p.id
    CROSS JOIN LATERAL (
        SELECT greatest(
            -- what is quiet since does not lag any more
            CASE WHEN l.batch_at > measure_ingest_lag.now - c.period THEN l.lag_seconds END,
            l.commit_seconds,
            extract(epoch FROM measure_ingest_lag.now - l.failing_since)) AS seconds
    ) AS x
    WHERE x.seconds IS NOT NULL
$$;
COMMENT ON FUNCTION alarm.measure_ingest_lag(alarm.system_condition, timestamptz) IS
    'Seconds from arrival to commit, per running thin and lane: of the last batch, of the one under way, or since '
    'commits fail.';
REVOKE ALL ON FUNCTION alarm.measure_ingest_lag(alarm.system_condition, timestamptz) FROM PUBLIC;
