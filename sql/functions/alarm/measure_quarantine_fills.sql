CREATE OR REPLACE FUNCTION alarm.measure_quarantine_fills(c alarm.system_condition, "now" timestamptz)
    RETURNS TABLE (object text, value float8, detail jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT '', sum(x.messages)::float8,
           jsonb_build_object('reason', (array_agg(x.reason ORDER BY x.messages DESC, x.reason))[1],
               'topic', (array_agg(x.topic ORDER BY x.messages DESC, x.topic))[1])
    FROM (
        SELECT q.reason, left(q.topic, 200) AS topic, sum(q.repeated) AS messages
        FROM ingest.quarantine AS q
        WHERE q.status = 'new' AND q.received_at > measure_quarantine_fills.now - c.period
        GROUP BY 1, 2
    ) AS x
    HAVING sum(x.messages) > 0
$$;
COMMENT ON FUNCTION alarm.measure_quarantine_fills(alarm.system_condition, timestamptz) IS
    'Messages of the period in quarantine that nobody has handled; detail names the worst reason and topic.';
REVOKE ALL ON FUNCTION alarm.measure_quarantine_fills(alarm.system_condition, timestamptz) FROM PUBLIC;
