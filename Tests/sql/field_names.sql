-- Clients of the original system: what they call things, rows that name what is there, and shapes (docs/field-clients.md).
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
UPDATE ops.setting SET value = '4' WHERE name = 'auth.bcrypt_cost';

-- rows that lead nowhere
SELECT is_empty($$ SELECT a.* FROM api.path_alias AS a LEFT JOIN api.route AS r ON r.method = a.method AND r.path = a.path WHERE r.path IS NULL $$,
    'every further path has an endpoint');
SELECT is_empty($$ SELECT a.method, a.alias FROM api.path_alias AS a JOIN api.route AS r ON r.method = a.method AND r.path = a.alias $$, 'and hides none');
SELECT is_empty($$
    SELECT a.alias FROM api.path_alias AS a
    WHERE ARRAY(SELECT m[1] FROM regexp_matches(a.alias, '[{][a-z_]+[}]', 'g') AS m) <> ARRAY(SELECT m[1] FROM regexp_matches(a.path, '[{][a-z_]+[}]', 'g') AS m) $$,
    'with the same members, in the same order');
SELECT is_empty($$
    SELECT a.* FROM api.parameter_alias AS a
    LEFT JOIN api.route AS r ON r.method = a.method AND r.path = a.path
    WHERE r.path IS NULL OR a.member NOT IN (SELECT g.name FROM api.openapi_arguments(r.function) AS g)
        OR r.body_argument IS NOT DISTINCT FROM a.member $$, 'every further name is that of an argument');
SELECT is_empty($$
    SELECT a.* FROM api.parameter_alias AS a JOIN api.route AS r ON r.method = a.method AND r.path = a.path
    WHERE a.alias <> a.member AND a.alias IN (SELECT g.name FROM api.openapi_arguments(r.function) AS g) OR r.path LIKE '%{' || a.alias || '}%' $$,
    'and no argument has it');
SELECT is_empty($$
    SELECT a.* FROM api.member_alias AS a LEFT JOIN api.schema_component AS c ON c.name = a.component
    WHERE NOT coalesce(c.definition -> 'properties' ? a.member, false) OR c.definition -> 'properties' ? a.alias $$, 'every further member repeats one');
SELECT is_empty($$
    SELECT s.* FROM api.response_shape AS s
    LEFT JOIN api.route AS r ON r.method = s.method AND r.path = s.path
    LEFT JOIN pg_proc AS p ON p.oid = to_regproc(s.function)
    WHERE r.path IS NULL OR r.response <> 'json' OR r.function IS NULL
        OR s.function IS NOT NULL AND (p.oid IS NULL OR p.proargtypes <> '3802' OR p.prorettype <> 'jsonb'::regtype
            OR NOT has_function_privilege(r.minimum_role, p.oid, 'EXECUTE')) $$, 'every shape has an endpoint, whose callers may make it');
SELECT is_empty($$ SELECT s.method, s.path FROM api.response_shape AS s GROUP BY 1, 2 HAVING count(*) FILTER (WHERE s.is_default) <> 1 OR count(*) < 2 $$, 'one of them is the default');

-- the document
CREATE TEMPORARY TABLE document AS SELECT api.openapi() AS d;
CREATE TEMPORARY TABLE parameter AS
SELECT p.key AS path, upper(o.key) AS method, g.value AS parameter, o.value -> 'deprecated' AS deprecated
FROM document, jsonb_each(d -> 'paths') AS p, jsonb_each(p.value) AS o LEFT JOIN LATERAL jsonb_array_elements(o.value -> 'parameters') AS g ON true;
SELECT is_empty($$ SELECT a.* FROM api.path_alias AS a WHERE NOT EXISTS (SELECT FROM parameter AS p WHERE p.path = a.alias AND p.method = a.method AND p.deprecated = 'true') $$,
    'further paths are documented as deprecated');
SELECT is_empty($$
    SELECT a.* FROM api.parameter_alias AS a JOIN api.route AS r ON r.method = a.method AND r.path = a.path
    WHERE a.alias <> a.member AND r.body_mode = 'none' AND NOT EXISTS (SELECT FROM parameter AS p WHERE p.path = a.path AND p.method = a.method
        AND p.parameter ->> 'name' = a.alias AND p.parameter -> 'deprecated' = 'true'
        AND p.parameter -> 'schema' = (SELECT (q.parameter -> 'schema') - 'default' FROM parameter AS q WHERE q.path = a.path AND q.method = a.method AND q.parameter ->> 'name' = a.member)) $$,
    'further names, too, with the schema of the first less its default');
SELECT is_empty($$
    SELECT a.path, k FROM api.parameter_alias AS a CROSS JOIN LATERAL jsonb_object_keys(a.meanings) AS k
    WHERE NOT EXISTS (SELECT FROM parameter AS p WHERE p.path = a.path AND p.method = a.method AND p.parameter ->> 'name' = a.member AND p.parameter #> '{schema,enum}' ? k) $$,
    'and further words for values');
SELECT is((SELECT p.parameter #> '{schema,enum}' FROM parameter AS p WHERE p.path = '/api/v1/notifications' AND p.parameter ->> 'name' = 'shape'), '["items", "page"]', 'shapes');
SELECT is_empty($$ SELECT a.* FROM api.member_alias AS a, document WHERE d #> ARRAY['components', 'schemas', a.component, 'properties', a.alias, 'deprecated'] IS DISTINCT FROM 'true' $$,
    'and members');

-- limits are what the document says
CREATE FUNCTION pg_temp.refusal(p_call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_column text;
BEGIN
    EXECUTE 'SELECT ' || p_call;
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_column = COLUMN_NAME;
    RETURN trim(SQLSTATE || ' ' || v_column);
END $$;
INSERT INTO plant.equipment (id, name) VALUES ('press-01', 'Press');
SELECT is(pg_temp.refusal(format('%s(%s%I => %s)', r.function, n.first, p.parameter ->> 'name', m.maximum)), 'accepted',
        format('%s %s=%s', r.path, p.parameter ->> 'name', m.maximum)),
    is(pg_temp.refusal(format('%s(%s%I => %s)', r.function, n.first, p.parameter ->> 'name', m.maximum + 1)),
        'MW422 ' || (p.parameter ->> 'name'), 'and no more')
FROM api.route AS r JOIN parameter AS p ON p.path = r.path AND p.method = r.method AND p.parameter ->> 'name' IN ('limit', 'skip') AND p.parameter -> 'deprecated' IS NULL
CROSS JOIN LATERAL (SELECT (p.parameter #>> '{schema,maximum}')::integer AS maximum) AS m
CROSS JOIN LATERAL (SELECT (SELECT 'device_id => ''press-01'', ' FROM api.openapi_arguments(r.function) AS a WHERE a.name = 'device_id' AND NOT a.has_default) AS first) AS n
WHERE r.method = 'GET' AND m.maximum IS NOT NULL
    AND NOT EXISTS (SELECT FROM api.openapi_arguments(r.function) AS a WHERE NOT a.has_default AND a.name <> 'device_id');
SELECT is((SELECT count(*)::integer FROM parameter WHERE path = '/api/v1/sensors/data/{device_id}' AND parameter ->> 'name' = 'limit' AND parameter #>> '{schema,maximum}' = '10000'), 1,
    'a page of points may have 10,000');

-- points: newest first, pages and offsets, against the plain query
INSERT INTO plant.sensor (equipment_id, name, type) VALUES ('press-01', 'current_x', 'current'), ('press-01', 'current_y', 'current'), ('press-01', 'current_z', 'current'),
    ('press-01', 'vibration', 'vibration'), ('press-01', 'oil', 'temperature');
SELECT setseed(0.7) \g /dev/null
INSERT INTO telemetry.reading (sensor_id, time, value)
SELECT s.id, date_trunc('second', now()) - make_interval(secs => floor(random() * 40)::integer * 60), floor(random() * 1000)
FROM plant.sensor AS s, generate_series(1, 30) AS i WHERE s.equipment_id = 'press-01' ON CONFLICT DO NOTHING;
CREATE TEMPORARY TABLE point AS
SELECT r.time, s.name AS sensor, s.id, r.value, telemetry.field_type(s.type, s.name) AS field, s.type,
    row_number() OVER (ORDER BY r.time DESC, s.id DESC) AS place FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id WHERE s.equipment_id = 'press-01';
CREATE FUNCTION pg_temp.got(a jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws('/', (p ->> 'time')::timestamptz, p ->> 'sensor', p ->> 'value'), ' ' ORDER BY n) FROM jsonb_array_elements(a -> 'data') WITH ORDINALITY AS x (p, n) $$;
SELECT is(pg_temp.got(api.list_sensor_data('press-01')), (SELECT string_agg(concat_ws('/', time, sensor, value), ' ' ORDER BY place) FROM point), 'newest first');
SELECT is(pg_temp.got(api.list_sensor_data('press-01', "order" => 'asc')), (SELECT string_agg(concat_ws('/', time, sensor, value), ' ' ORDER BY place DESC) FROM point), 'or oldest first');
SELECT is((WITH RECURSIVE page AS (
        SELECT api.list_sensor_data('press-01', "limit" => 7, "order" => o) AS p, 1 AS n
        UNION ALL SELECT api.list_sensor_data('press-01', "limit" => 7, "order" => o, cursor => p ->> 'next_cursor'), n + 1 FROM page WHERE p ->> 'next_cursor' IS NOT NULL AND n < 99)
    SELECT string_agg(pg_temp.got(p), ' ' ORDER BY n) FROM page),
    (SELECT string_agg(concat_ws('/', time, sensor, value), ' ' ORDER BY CASE o WHEN 'desc' THEN place ELSE -place END) FROM point), 'page by page, ' || o) FROM unnest('{asc,desc}'::text[]) AS o;
SELECT is(pg_temp.got(api.list_sensor_data('press-01', skip => k, "limit" => 9, "order" => o)), (
        SELECT string_agg(concat_ws('/', q.time, q.sensor, q.value), ' ' ORDER BY q.at)
        FROM (SELECT x.*, CASE o WHEN 'desc' THEN place ELSE -place END AS at FROM point AS x ORDER BY at OFFSET k LIMIT 9) AS q), format('offset %s, %s', k, o))
FROM unnest('{0,1,8,9,50,100000}'::integer[]) AS k, unnest('{asc,desc}'::text[]) AS o;
SELECT is(api.list_sensor_data('press-01', skip => k, "limit" => 9) -> 'total', to_jsonb((SELECT count(*) FROM point)), 'total at offset ' || k) FROM unnest('{0,20,100000}'::integer[]) AS k;
SELECT is(pg_temp.got(api.list_sensor_data('press-01', sensor_type => t)), (SELECT string_agg(concat_ws('/', time, sensor, value), ' ' ORDER BY place) FROM point WHERE t IN (field, type)), 'sensor_type ' || t)
FROM unnest('{x,y,z,vibe,current,vibration,temperature,nothing}'::text[]) AS t;
SELECT is((SELECT string_agg(DISTINCT p ->> 'sensor_type', ' ') FROM jsonb_array_elements(api.list_sensor_data('press-01', sensor_type => t) -> 'data') AS p), e, format('rows of %s say %s', t, e))
FROM (VALUES (NULL, 'temperature vibe x y z'), ('x', 'x'), ('current', 'current'), ('vibration', 'vibration')) AS v (t, e);
SELECT is((SELECT string_agg(DISTINCT p ->> 'type', ' ') FROM jsonb_array_elements(api.list_sensor_data('press-01') -> 'data') AS p), 'current temperature vibration', 'type is the type');
SELECT is_empty($$ SELECT p FROM jsonb_array_elements(api.list_sensor_data('press-01') -> 'data') AS p WHERE (p ->> 'created_at') IS DISTINCT FROM p ->> 'time' $$, 'created_at');
SELECT is((api.get_latest_sensor_data('press-01', 'vibe') ->> 'value')::float8, (SELECT value FROM point WHERE field = 'vibe' ORDER BY time DESC LIMIT 1), 'the latest of vibe');
SELECT is((api.count_sensor_data('press-01', t) -> 'count')::bigint, (SELECT count(*) FROM point WHERE t IS NULL OR t IN (field, type)), 'counted: ' || coalesce(t, 'all'))
FROM unnest('{x,vibe,current,nothing,NULL}'::text[]) AS t;
SELECT is((api.count_sensor_data('press-01', start => now() - INTERVAL '10 minutes', "end" => now() - INTERVAL '5 minutes') -> 'count')::bigint,
    (SELECT count(*) FROM point WHERE time >= now() - INTERVAL '10 minutes' AND time < now() - INTERVAL '5 minutes'), 'of a range');
SELECT is(pg_temp.refusal('api.list_sensor_data(''press-01'', ' || c || ')'), r, c)
FROM (VALUES ('"order" => ''up''', 'MW422 order'), ('"order" => NULL', 'MW422 order'), ('skip => -1', 'MW422 skip'), ('skip => NULL', 'MW422 skip')) AS v (c, r);
SELECT is(pg_temp.refusal('api.count_sensor_data(''nope'')'), 'MW404', 'a machine that is none');
SELECT is(pg_temp.refusal('api.count_sensor_data(''press-01'', start => now(), "end" => now())'), 'MW422 end', 'an empty range');
SELECT matches(api.store_sensor_data('{"device_id": "press-01", "sensor_type": "oil", "value": 3}') ->> 'message', '^1 of 1 points', 'a message');

-- equipment: what is sent changes, dates may have a time
SELECT is(api.create_equipment('{"id": "fan-1", "name": "fan", "type": "CAHU", "installation_date": "2024-03-01T00:00:00", "warranty_expiry": "2027-03-01T23:59:59+09:00"}')
    - 'name' @> '{"type": "CAHU", "installation_date": "2024-03-01", "warranty_expiry": "2027-03-01"}', true, 'of a time its date, as it is written');
CREATE TEMPORARY TABLE fan AS SELECT api.get_equipment('fan-1') AS was;
SELECT is(api.put_equipment('fan-1', '{"name": "renamed"}') - 'updated_at', (was || jsonb '{"name": "renamed"}') - 'updated_at', 'PUT changes what is sent') FROM fan;
SELECT is(api.put_equipment('fan-1', '{"installation_date": null}') -> 'installation_date', 'null', 'null empties');
SELECT is(pg_temp.refusal(format('api.put_equipment(''fan-1'', %L)', jsonb_build_object('installation_date', v))), 'MW422 installation_date', 'no date: ' || v)
FROM unnest('{2024-02-30,2024-02-30T00:00:00,2024-03-01T25:00:00,yesterday,2024-03-01 Europe/Berlin,infinity,2024-03}'::text[]) AS v;

-- alarms: a text, and all languages beside
SELECT lives_ok($$ SELECT api.create_rule('{"name": "hot", "condition": "above", "high": 5, "severity": "high", "select_equipment": ["fan-1"], "on_delay": "PT0S"}') $$, 'a rule');
SELECT lives_ok($$ SELECT api.store_sensor_data('{"device_id": "fan-1", "sensor_type": "temperature", "value": 3}') $$, 'a value');
SELECT lives_ok($$ SELECT alarm.sweep_assignments() $$, 'and its rules') WHERE to_regprocedure('alarm.sweep_assignments()') IS NOT NULL;
SELECT lives_ok($$ SELECT api.store_sensor_data('{"device_id": "fan-1", "sensor_type": "temperature", "value": 9}') $$, 'a greater one');
CREATE TEMPORARY TABLE alert AS SELECT n FROM jsonb_array_elements(api.list_alerts(device_id => 'fan-1') -> 'notifications') AS n;
SELECT is((SELECT count(*) FROM alert), 1::bigint, 'an alarm');
SELECT is(jsonb_typeof(n -> 'message') || ' ' || jsonb_typeof(n -> 'messages'), 'string object', 'message is a text, messages has every language') FROM alert;
SELECT is(n ->> 'message', n #>> ARRAY['messages', relay.default_language()], 'the text is in the default language') FROM alert;
SELECT is(api.list_alerts(device_id => 'fan-1', language => l) #>> '{notifications,0,message}', n #>> ARRAY['messages', l], 'or in the one asked for: ' || l) FROM alert, unnest('{ko,en}'::text[]) AS l;
SELECT is(api.get_alert((n ->> 'id')::bigint) - '{transitions,feedback}'::text[], n, 'one alarm is the same') FROM alert;
SELECT is(pg_temp.refusal('api.list_alerts(language => ''xx'')'), 'MW422 language', 'a language that is none');
SELECT is_empty($$ SELECT a.alias FROM alert, api.member_alias AS a WHERE a.component = 'Alert' AND (NOT n ? a.alias OR n -> a.alias <> n -> a.member) $$, 'members of the field repeat ours');
SELECT ok(n ?& '{id,device_id,sensor_id,alert_type,anomaly_type,severity,message,detected_at,sensor_value,threshold_value,acknowledged,acknowledged_by,acknowledged_at,created_at}',
    'an item has what the field reads') FROM alert;
SELECT is(api.list_alerts(status => 'unacknowledged', device_id => 'fan-1') -> 'total', '1', 'what new means');

-- notifications: flat, and as they are told
CREATE TEMPORARY TABLE told AS SELECT api.list_notifications() AS page;
SELECT cmp_ok(jsonb_array_length(page -> 'notifications'), '>', 0, 'something was told') FROM told;
SELECT is(jsonb_path_query_array(api.notification_items(page), '$[*].seq'), jsonb_path_query_array(page, '$.notifications[*].seq'), 'the flat list has the same, in the same order') FROM told;
SELECT is_empty($$ SELECT i FROM told, jsonb_array_elements(api.notification_items(page)) AS i WHERE jsonb_typeof(i -> 'message') <> 'string' OR jsonb_typeof(i -> 'messages') <> 'object'
    OR NOT i ?& '{id,device_id,sensor_id,alert_type,anomaly_type,severity,detected_at,sensor_value,threshold_value,acknowledged,acknowledged_by,acknowledged_at,created_at}' $$, 'with the members of an alarm');
SELECT is_empty($$ SELECT e FROM told, api.schema_errors(api.notification_items(page), (SELECT s.response_schema FROM api.response_shape AS s WHERE s.function = 'api.notification_items'), '') AS e $$,
    'as its schema says');
SELECT is(api.notification_items('{"notifications": []}'), '[]', 'none is an empty list');
SELECT is((SELECT f.message::jsonb -> 'data' FROM relay.fetch(0, 1) AS f), (SELECT page #> '{notifications,-1,data}' FROM told), 'WebSocket clients get what the list has');
SELECT is((api.get_notification_stats() -> 'total')::bigint, (SELECT count(*) FROM relay.notification), 'counted');
SELECT is((SELECT sum(v.value::bigint) FROM jsonb_each_text(api.get_notification_stats() -> 'by_kind') AS v), (SELECT count(*) FROM relay.notification)::numeric, 'by kind');
SELECT is(api.get_notification_stats('fan-1') -> 'unacknowledged_alarms', '1', 'with what stands');
SELECT is(pg_temp.refusal('api.get_notification_stats(start => now(), "end" => now())'), 'MW422 end', 'an empty range');

-- e-mail goes to the administrators where there is a server and no channel yet
SELECT auth.bootstrap_admin('boss@example.com', 'first-password') \g /dev/null
SELECT is(pg_temp.refusal('api.test_email()'), 'MW409', 'no server, no mail');
SELECT relay.declare_environment('{SMTP_URL}') \g /dev/null
SELECT is(api.test_email() -> 'channels', '["email"]', 'with one it goes to the channel of the administrators');
SELECT is((SELECT target FROM relay.claim_deliveries('w', 10) WHERE channel = 'email'), 'mailto:boss@example.com', 'whose addresses are looked up when it is sent');
SELECT is(relay.resolve_target(t), e, t) FROM (VALUES ('role:viewer', 'mailto:'), ('mailto:a@b', 'mailto:a@b'), ('env:X', 'env:X')) AS v (t, e);
SELECT is(pg_temp.refusal('api.create_channel(''{"name": "r", "kind": "email", "target": "role:boss"}'')'), 'MW422 target', 'a role that is none');
SELECT is(pg_temp.refusal('api.create_channel(''{"name": "r", "kind": "webhook", "target": "role:admin"}'')'), 'MW422 target', 'only e-mail');
SELECT is(api.create_channel('{"name": "operators", "kind": "email", "target": "role:operator"}') ->> 'target', 'role:operator', 'another role');

-- reads without a token
SELECT is(auth.anonymous_access(), NULL, 'nobody reads without a token');
SELECT is(auth.anonymous_role('127.0.0.1', 'GET'), NULL, 'from nowhere');
UPDATE ops.setting SET value = '"viewer"' WHERE name = 'auth.anonymous_role';
SELECT is(auth.anonymous_access(), NULL, 'nor without networks');
UPDATE ops.setting SET value = '"192.168.10.0/24, fd00::/8"' WHERE name = 'auth.anonymous_networks';
SELECT is(auth.anonymous_access(), '{"role": "viewer", "networks": "192.168.10.0/24, fd00::/8"}', 'but with both');
SELECT is(auth.anonymous_role(a::inet, m), e, concat_ws(' ', m, a))
FROM (VALUES ('192.168.10.7', 'GET', 'viewer'), ('192.168.10.7', 'HEAD', 'viewer'), ('192.168.10.7', 'POST', NULL), ('192.168.10.7', 'DELETE', NULL), ('192.168.10.7', NULL, NULL),
    ('192.168.11.7', 'GET', NULL), ('127.0.0.1', 'GET', NULL), ('fd00::1', 'GET', 'viewer'), ('::1', 'GET', NULL), (NULL, 'GET', NULL)) AS v (a, m, e);
SELECT is(pg_temp.refusal(format('auth.begin_request(%L)', jsonb_build_object('role', r, 'address', a, 'method', m))), e, format('%s %s as %s', m, a, r))
FROM (VALUES ('viewer', '192.168.10.7', 'GET', 'accepted'), ('operator', '192.168.10.7', 'GET', 'MW401'), ('admin', '192.168.10.7', 'GET', 'MW401'), ('viewer', '192.168.10.7', 'POST', 'MW401'),
    ('viewer', '10.0.0.1', 'GET', 'MW401'), ('anonymous', '10.0.0.1', 'GET', 'accepted'), ('viewer', NULL, 'GET', 'MW401')) AS v (r, a, m, e);
SELECT is(pg_temp.refusal('api.me()'), 'MW401', 'who is nobody');
SELECT is(ops.health() -> 'anonymous_access', '{"role": "viewer", "networks": "192.168.10.0/24, fd00::/8"}', 'health says so');
SELECT matches(ops.health() ->> 'warnings', 'requests without a token from 192.168.10.0/24', 'in words, too');
SELECT throws_ok($$ UPDATE ops.setting SET value = '"admin"' WHERE name = 'auth.anonymous_role' $$, 'MW422', NULL, 'never more than a viewer');
SELECT throws_ok($$ UPDATE ops.setting SET value = '"everywhere"' WHERE name = 'auth.anonymous_networks' $$, 'MW422', NULL, 'and networks are networks');

SELECT * FROM finish();
ROLLBACK;
