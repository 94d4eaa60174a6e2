CREATE OR REPLACE FUNCTION alarm.measure_broker_refuses(c alarm.system_condition, "now" timestamptz)
    RETURNS TABLE (object text, value float8, detail jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT l.broker, 1::float8,
           jsonb_build_object('lanes', jsonb_agg(p.instance || ' ' || l.lane ORDER BY p.instance, l.lane), 'refusal',
                              max(l.refusal))
    FROM ops.live_processes(measure_broker_refuses.now) AS p
    JOIN ops.process_lane AS l ON l.process_id = p.id
    WHERE l.is_connected AND l.refusal IS NOT NULL
    GROUP BY l.broker
$$;
COMMENT ON FUNCTION alarm.measure_broker_refuses(alarm.system_condition, timestamptz) IS
    '1 for each broker that does not let a running thin hear all topics; detail says which.';
REVOKE ALL ON FUNCTION alarm.measure_broker_refuses(alarm.system_condition, timestamptz) FROM PUBLIC;
