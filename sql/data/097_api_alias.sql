-- What clients of the original system call things (docs/field-clients.md). Every name of theirs stands here and nowhere
-- else; a test finds rows whose endpoint, argument or member is gone.
MERGE INTO api.path_alias AS old
USING (VALUES
    ('GET', '/api/v1/devices', '/api/v1/equipment'),
    ('GET', '/api/v1/devices/{id}', '/api/v1/equipment/{id}'),
    ('GET', '/api/v1/equipment/maintenance-schedules', '/api/v1/maintenance'),
    ('POST', '/api/v1/sensors/data/batch', '/api/v1/sensors/data'),
    ('POST', '/api/v1/auth/change-password', '/api/v1/auth/password')
) AS new (method, alias, path)
ON old.method = new.method AND old.alias = new.alias
WHEN MATCHED THEN UPDATE SET path = new.path
WHEN NOT MATCHED THEN INSERT (method, alias, path) VALUES (new.method, new.alias, new.path)
WHEN NOT MATCHED BY SOURCE THEN DELETE;

MERGE INTO api.parameter_alias AS old
USING (VALUES
    ('GET', '/api/v1/anomalies/events', 'start_time', 'start', NULL),
    ('GET', '/api/v1/anomalies/events', 'end_time', 'end', NULL),
    ('GET', '/api/v1/anomalies/events', 'size', 'limit', NULL),
    ('GET', '/api/v1/anomalies/stats', 'start_time', 'start', NULL),
    ('GET', '/api/v1/anomalies/stats', 'end_time', 'end', NULL),
    ('GET', '/api/v1/sensors/data/{device_id}', 'start_time', 'start', NULL),
    ('GET', '/api/v1/sensors/data/{device_id}', 'end_time', 'end', NULL),
    ('GET', '/api/v1/sensors/data/{device_id}', 'offset', 'skip', NULL),
    ('GET', '/api/v1/sensors/data/{device_id}/count', 'start_time', 'start', NULL),
    ('GET', '/api/v1/sensors/data/{device_id}/count', 'end_time', 'end', NULL),
    ('GET', '/api/v1/alerts', 'start_time', 'start', NULL),
    ('GET', '/api/v1/alerts', 'end_time', 'end', NULL),
    ('GET', '/api/v1/alerts', 'size', 'limit', NULL),
    ('GET', '/api/v1/alerts', 'status', 'status', '{"new": "unacknowledged", "open": "active"}'),
    ('GET', '/api/v1/notifications', 'size', 'limit', NULL),
    ('GET', '/api/v1/equipment', 'offset', 'skip', NULL),
    ('POST', '/api/v1/auth/password', 'old_password', 'current_password', NULL)
) AS new (method, path, alias, member, meanings)
ON old.method = new.method AND old.path = new.path AND old.alias = new.alias
WHEN MATCHED THEN UPDATE SET member = new.member, meanings = new.meanings::jsonb
WHEN NOT MATCHED THEN INSERT (method, path, alias, member, meanings)
    VALUES (new.method, new.path, new.alias, new.member, new.meanings::jsonb)
WHEN NOT MATCHED BY SOURCE THEN DELETE;

-- an alarm is what the field calls a notification
MERGE INTO api.member_alias AS old
USING (
    SELECT c.component, a.alias, a.member
    FROM unnest('{Alert,AlertDetail,NotificationItem}'::text[]) AS c (component)
    CROSS JOIN (VALUES
        ('alert_type', 'condition'), ('anomaly_type', 'level'), ('detected_at', 'raised_at'), ('sensor_value', 'value'),
        ('threshold_value', 'limit')
    ) AS a (alias, member)
) AS new
ON old.component = new.component AND old.alias = new.alias
WHEN MATCHED THEN UPDATE SET member = new.member
WHEN NOT MATCHED THEN INSERT (component, alias, member) VALUES (new.component, new.alias, new.member)
WHEN NOT MATCHED BY SOURCE THEN DELETE;

MERGE INTO api.response_shape AS old
USING (VALUES
    ('GET', '/api/v1/notifications', 'items', 'api.notification_items', true,
        jsonb '{"type": "array", "items": {"$ref": "#/components/schemas/NotificationItem"}}',
        'A plain array, each with the members of an alarm.'),
    ('GET', '/api/v1/notifications', 'page', NULL, false, api.schema_reference('Notifications'),
        'As WebSocket clients get them, with total and next_cursor.')
) AS new (method, path, name, function, is_default, response_schema, description)
ON old.method = new.method AND old.path = new.path AND old.name = new.name
WHEN MATCHED THEN UPDATE SET function = new.function, is_default = new.is_default,
    response_schema = new.response_schema,
    description = new.description
WHEN NOT MATCHED THEN INSERT (method, path, name, function, is_default, response_schema, description)
    VALUES (new.method, new.path, new.name, new.function, new.is_default, new.response_schema, new.description)
WHEN NOT MATCHED BY SOURCE THEN DELETE;
