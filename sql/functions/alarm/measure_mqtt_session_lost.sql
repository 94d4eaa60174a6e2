CREATE OR REPLACE FUNCTION alarm.measure_mqtt_session_lost(c alarm.system_condition, "now" timestamptz)
    RETURNS TABLE (object text, value float8, detail jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT x.object, 1::float8,
           jsonb_build_object('instance', x.instance, 'lane', x.lane, 'lost_at', x.lost_at,
               'text', format('The broker had no session of thin %s: messages that it acknowledged and kept for thin '
                              'may be gone.', x.object))
    FROM (
        SELECT concat_ws(' ', s.instance, nullif(s.lane, '')) AS object, s.instance, s.lane, s.lost_at
        FROM ingest.mqtt_session AS s
        WHERE s.lost_at > measure_mqtt_session_lost.now - c.period
    ) AS x
    WHERE NOT EXISTS (
        SELECT FROM alarm.alarm AS a
        WHERE a.code = alarm.system_code(c.name, x.object) AND a.condition = 'system' AND a.acknowledged
          AND a.acknowledged_at >= x.lost_at)
$$;
COMMENT ON FUNCTION alarm.measure_mqtt_session_lost(alarm.system_condition, timestamptz) IS
    '1 for each process and lane whose session the broker lost within the period, until somebody acknowledges its '
    'alarm.';
REVOKE ALL ON FUNCTION alarm.measure_mqtt_session_lost(alarm.system_condition, timestamptz) FROM PUBLIC;
