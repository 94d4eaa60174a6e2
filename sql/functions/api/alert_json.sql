CREATE OR REPLACE FUNCTION api.alert_json(
    p_alarm alarm.alarm, p_messages jsonb DEFAULT NULL, p_language text DEFAULT NULL
) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    -- the same names as in the WebSocket's messages (alarm.announce)
    SELECT api.with_aliases('Alert', jsonb_build_object(
        'id', p_alarm.id, 'rule', p_alarm.code, 'rule_id', p_alarm.rule_id, 'rule_version', p_alarm.rule_version,
        'condition', p_alarm.condition, 'device_id', p_alarm.equipment_id, 'sensor', s.name,
        'sensor_id', p_alarm.sensor_id,
        'sensor_type', s.type, 'unit', s.unit, 'value', p_alarm.value, 'limit', p_alarm.limit_value,
        'peak', p_alarm.peak_value,
        'level', p_alarm.level, 'severity', p_alarm.severity, 'worst_severity', p_alarm.worst_severity,
        'status', CASE WHEN p_alarm.retracted_at IS NOT NULL THEN 'retracted'
                       WHEN p_alarm.cleared_at IS NOT NULL THEN 'cleared' WHEN p_alarm.out_of_service THEN 'out_of_service'
            WHEN p_alarm.shelved IS NOT NULL THEN 'shelved' WHEN p_alarm.suppressed_by <> '{}' THEN 'suppressed'
            WHEN p_alarm.acknowledged THEN 'acknowledged' ELSE 'active' END,
        'active', p_alarm.active, 'acknowledged', p_alarm.acknowledged,
        'acknowledged_at', api.iso(p_alarm.acknowledged_at),
        'acknowledged_by', p_alarm.acknowledged_by, 'confirmed', p_alarm.confirmed,
        'confirmed_at', api.iso(p_alarm.confirmed_at),
        'confirmed_by', p_alarm.confirmed_by, 'shelved', p_alarm.shelved IS NOT NULL,
        'shelved_until', api.iso(p_alarm.shelved_until),
        'suppressed', p_alarm.suppressed_by <> '{}', 'suppressed_by', to_jsonb(p_alarm.suppressed_by),
        'out_of_service', p_alarm.out_of_service, 'latched', p_alarm.latched, 'chattering', p_alarm.chattering)
        || jsonb_build_object(
        'raised_at', api.iso(p_alarm.raised_at), 'cleared_at', api.iso(p_alarm.cleared_at),
        'escalated_at', api.iso(p_alarm.escalated_at),
        'retracted_at', api.iso(p_alarm.retracted_at),
        'created_at', api.iso(p_alarm.created_at), 'timestamp', api.iso(p_alarm.raised_at),
        'message', relay.in_language(m.messages, p_language), 'messages', m.messages,
        'data', nullif(p_alarm.data, '{}')))
    FROM (SELECT coalesce(p_messages, alarm.message(p_alarm)) AS messages OFFSET 0) AS m
    LEFT JOIN plant.sensor AS s ON s.id = p_alarm.sensor_id
$$;
COMMENT ON FUNCTION api.alert_json(alarm.alarm, jsonb, text) IS
    'An alarm as clients see it. status sums the axes up: retracted (taken back: it never was), cleared, '
    'out_of_service, shelved, suppressed, acknowledged or active. message: its text in p_language (relay.in_language); '
    'p_messages: its text by language, where the caller has it (alarm.messages) already.';
REVOKE ALL ON FUNCTION api.alert_json(alarm.alarm, jsonb, text) FROM PUBLIC;
