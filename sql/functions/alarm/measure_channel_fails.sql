CREATE OR REPLACE FUNCTION alarm.measure_channel_fails(c alarm.system_condition, "now" timestamptz)
    RETURNS TABLE (object text, value float8, detail jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT k.name, round(extract(epoch FROM measure_channel_fails.now
               -- nobody sent before some thin was here
               - greatest(least(s.failing_since, w.due), ops.watched_since(measure_channel_fails.now))))::float8,
           jsonb_build_object('channel', k.name, 'kind', k.kind, 'failures', coalesce(s.failures, 0), 'paused_until',
                              s.paused_until,
               'waiting', w.waiting, 'error', (SELECT left(x.last_error, 500) FROM relay.delivery AS x
                   WHERE x.channel_id = k.id AND x.last_error IS NOT NULL ORDER BY x.id DESC LIMIT 1))
    FROM relay.channel AS k
    LEFT JOIN relay.channel_state AS s ON s.channel_id = k.id
    CROSS JOIN LATERAL (
        SELECT count(*) AS waiting, min(x.next_attempt_at) AS due
        FROM relay.delivery AS x
        WHERE x.channel_id = k.id AND x.status = 'pending' AND x.next_attempt_at < measure_channel_fails.now
    ) AS w
    WHERE k.enabled AND k.available AND (s.failing_since IS NOT NULL OR w.due IS NOT NULL)
$$;
COMMENT ON FUNCTION alarm.measure_channel_fails(alarm.system_condition, timestamptz) IS
    'Seconds that each attempt of a channel in use has failed, or that what is due there has waited.';
REVOKE ALL ON FUNCTION alarm.measure_channel_fails(alarm.system_condition, timestamptz) FROM PUBLIC;
