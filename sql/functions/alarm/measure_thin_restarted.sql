CREATE OR REPLACE FUNCTION alarm.measure_thin_restarted(c alarm.system_condition, "now" timestamptz)
    RETURNS TABLE (object text, value float8, detail jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT p.instance, count(*)::float8,
           jsonb_build_object('instance', p.instance, 'last_heard', max(p.beat_at), 'restarted_at', max(n.started_at))
    FROM ops.process AS p
    -- the run after it
    CROSS JOIN LATERAL (
        SELECT x.started_at FROM ops.process AS x WHERE x.instance = p.instance AND x.id > p.id ORDER BY x.id LIMIT 1
    ) AS n
    WHERE p.stopped_at IS NULL AND n.started_at > measure_thin_restarted.now - c.period
      -- one that hands over lives on beside its successor for a moment, and then says that it ends
      AND p.beat_at < measure_thin_restarted.now - INTERVAL '15 seconds'
    GROUP BY p.instance
$$;
COMMENT ON FUNCTION alarm.measure_thin_restarted(alarm.system_condition, timestamptz) IS
    'How often in the period an instance started after a run that had gone without a word: killed, crashed, out of '
    'memory.';
REVOKE ALL ON FUNCTION alarm.measure_thin_restarted(alarm.system_condition, timestamptz) FROM PUBLIC;
