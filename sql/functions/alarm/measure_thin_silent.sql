CREATE OR REPLACE FUNCTION alarm.measure_thin_silent(c alarm.system_condition, "now" timestamptz)
    RETURNS TABLE (object text, value float8, detail jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT x.instance, round(extract(epoch FROM measure_thin_silent.now - x.beat_at))::float8,
           jsonb_build_object('instance', x.instance, 'version', x.version, 'started_at', x.started_at, 'beat_at',
                              x.beat_at)
    FROM (SELECT DISTINCT ON (p.instance) p.* FROM ops.process AS p
          ORDER BY p.instance, p.stopped_at IS NULL DESC, p.beat_at DESC, p.id DESC) AS x
    WHERE x.stopped_at IS NULL AND x.beat_at > measure_thin_silent.now - c.period
      -- a run that went without a word is over when a later one of the same name ended as it should
      AND NOT EXISTS (SELECT FROM ops.process AS n WHERE n.instance = x.instance AND n.id > x.id)
$$;
COMMENT ON FUNCTION alarm.measure_thin_silent(alarm.system_condition, timestamptz) IS
    'Seconds since the last heartbeat, per instance whose last run did not say that it ends. Forgotten after the '
    'period.';
REVOKE ALL ON FUNCTION alarm.measure_thin_silent(alarm.system_condition, timestamptz) FROM PUBLIC;
