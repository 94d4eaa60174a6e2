CREATE OR REPLACE FUNCTION alarm.measure_quarantine_share(c alarm.system_condition, "now" timestamptz)
    RETURNS TABLE (object text, value float8, detail jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT '', round((100 * least(1, x.refused / nullif(greatest(x.messages, x.refused), 0)))::numeric, 1)::float8,
           jsonb_build_object('quarantined', x.refused, 'messages', greatest(x.messages, x.refused))
    FROM (
        SELECT (SELECT coalesce(sum(q.repeated), 0) FROM ingest.quarantine AS q
                WHERE q.status = 'new' AND q.received_at > measure_quarantine_share.now - c.period)::float8 AS refused,
               (SELECT coalesce(sum(m.messages), 0) FROM ops.ingest_minute AS m
                WHERE m.minute > measure_quarantine_share.now - c.period)::float8 AS messages
    ) AS x
    WHERE x.refused > 0 AND x.refused >= coalesce(c.minimum, 0)
$$;
COMMENT ON FUNCTION alarm.measure_quarantine_share(alarm.system_condition, timestamptz) IS
    'Per cent of the messages of the period that went to quarantine, from the minimum of messages there on.';
REVOKE ALL ON FUNCTION alarm.measure_quarantine_share(alarm.system_condition, timestamptz) FROM PUBLIC;
