CREATE OR REPLACE FUNCTION alarm.measure_broker_lost(c alarm.system_condition, "now" timestamptz)
    RETURNS TABLE (object text, value float8, detail jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT l.broker, round(extract(epoch FROM measure_broker_lost.now - min(l.since)))::float8,
           jsonb_build_object('lanes', jsonb_agg(p.instance || ' ' || l.lane ORDER BY p.instance, l.lane), 'since',
                              min(l.since),
               'error', max(l.error))
    FROM ops.live_processes(measure_broker_lost.now) AS p
    JOIN ops.process_lane AS l ON l.process_id = p.id
    WHERE NOT l.is_connected
    GROUP BY l.broker
$$;
COMMENT ON FUNCTION alarm.measure_broker_lost(alarm.system_condition, timestamptz) IS
    'Seconds since a running thin lost the broker or looks for it, per broker (host:port); detail names the lanes and '
    'the last error.';
REVOKE ALL ON FUNCTION alarm.measure_broker_lost(alarm.system_condition, timestamptz) FROM PUBLIC;
