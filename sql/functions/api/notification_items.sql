CREATE OR REPLACE FUNCTION api.notification_items(answer jsonb) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(jsonb_agg(api.with_aliases('NotificationItem',
            jsonb_build_object('id', NULL, 'device_id', NULL, 'sensor_id', NULL, 'severity', NULL, 'acknowledged',
                               false,
                               'acknowledged_by', NULL, 'acknowledged_at', NULL, 'condition', NULL, 'level', NULL,
                               'raised_at', n.item -> 'timestamp', 'value', NULL, 'limit', NULL)
            || (n.item -> 'data') || jsonb_build_object(
                'type', n.item -> 'type', 'seq', n.item -> 'seq', 'timestamp', n.item -> 'timestamp',
                'created_at', n.item -> 'timestamp', 'message', coalesce(n.item #> '{data,message}', '""'),
                'messages', coalesce(n.item #> '{data,messages}', '{}'))) ORDER BY n.place), '[]')
    FROM jsonb_array_elements(answer -> 'notifications') WITH ORDINALITY AS n (item, place)
$$;
COMMENT ON FUNCTION api.notification_items(jsonb) IS
    'Shape of api.list_notifications: a plain array whose items have the members of an alarm. id is the alarm''s (null '
    'where it tells of none), seq the notification''s.';
REVOKE ALL ON FUNCTION api.notification_items(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.notification_items(jsonb) TO viewer;
