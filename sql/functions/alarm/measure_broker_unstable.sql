CREATE OR REPLACE FUNCTION alarm.measure_broker_unstable(c alarm.system_condition, "now" timestamptz)
    RETURNS TABLE (object text, value float8, detail jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT l.broker, max(n.losses)::float8,
           jsonb_build_object('lanes',
                              jsonb_agg(p.instance || ' ' || l.lane
                                        ORDER BY p.instance, l.lane) FILTER (WHERE n.losses > 0))
    FROM ops.live_processes(measure_broker_unstable.now) AS p
    JOIN ops.process_lane AS l ON l.process_id = p.id
    CROSS JOIN LATERAL (
        SELECT count(*) AS losses FROM unnest(l.losses) AS u (time)
        WHERE u.time > measure_broker_unstable.now - c.period
    ) AS n
    GROUP BY l.broker
$$;
COMMENT ON FUNCTION alarm.measure_broker_unstable(alarm.system_condition, timestamptz) IS
    'How often in the period the worst lane of a running thin lost the broker and found it again, per broker.';
REVOKE ALL ON FUNCTION alarm.measure_broker_unstable(alarm.system_condition, timestamptz) FROM PUBLIC;
