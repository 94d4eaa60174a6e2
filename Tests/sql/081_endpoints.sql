-- Every endpoint that a SQL function answers: what it answers fits the schema that it publishes, and what it refuses has a name.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
UPDATE ops.setting SET value = '4' WHERE name = 'auth.bcrypt_cost';
-- api.check_body passes over readOnly members; here they are answers and are looked at
UPDATE api.schema_component SET definition = replace(definition::text, '"readOnly": true', '"deprecated": false')::jsonb;
CREATE TEMPORARY TABLE called (method text, path text);

-- calls an endpoint's function and holds the answer against its schema
CREATE FUNCTION pg_temp.answers(p_method text, p_path text, p_call text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    v_answer jsonb;
    v_errors text;
    v_route api.route;
BEGIN
    SELECT * INTO STRICT v_route FROM api.route WHERE method = p_method AND path = '/api/v1/' || p_path;
    INSERT INTO called VALUES (p_method, '/api/v1/' || p_path);
    EXECUTE format('SELECT %s.%s', split_part(v_route.function, '.', 1), p_call) INTO v_answer;
    IF v_route.success_status = 204 THEN
        RETURN NEXT is(v_answer, NULL, format('%s %s answers nothing', p_method, p_path));
        RETURN;
    END IF;
    SELECT string_agg(e.member || ' ' || e.message, '; ') INTO v_errors
    FROM api.schema_errors(coalesce(v_answer, 'null'), CASE v_route.response
        -- thin replaces the claims by a signed token
        WHEN 'token' THEN jsonb '{"type": "object", "required": ["claims", "expires_in", "refresh_token", "refresh_expires_in"]}'
        -- and takes the cookie out of the answer
        WHEN 'cookie' THEN jsonb_build_object('type', 'object', 'required', jsonb '["cookie", "body"]',
            'properties', jsonb_build_object('cookie', jsonb '{"type": ["object", "null"], "required": ["value", "max_age"]}',
                'body', v_route.response_schema))
        ELSE v_route.response_schema END, '') AS e;
    RETURN NEXT is(v_errors, NULL, format('%s %s: %s', p_method, p_path, left(p_call, 60)));
END $$;
-- calls, and names the code and the member of the refusal
CREATE FUNCTION pg_temp.refusal(p_call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_column text;
    v_answer jsonb;
BEGIN
    EXECUTE 'SELECT api.' || p_call INTO v_answer;
    RETURN coalesce(v_answer::text, 'null');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_column = COLUMN_NAME;
    RETURN trim(SQLSTATE || ' ' || v_column);
END $$;

-- an administrator's request
SELECT auth.bootstrap_admin('admin@example.com', 'first-password') \g /dev/null
INSERT INTO auth.session (account_id, expires_at) SELECT id, now() + INTERVAL '1 day' FROM auth.account;
SELECT auth.begin_request(jsonb_build_object('request_id', 'r1', 'address', '10.0.0.7', 'user_id', s.account_id, 'session_id', s.id, 'role', 'admin'))
FROM auth.session AS s \g /dev/null

-- auth
SELECT pg_temp.answers('POST', 'auth/register', 'register(''kim'', ''kim@example.com'', ''kims-password'')');
SELECT pg_temp.answers('POST', 'auth/login', 'login(''kims-password'', ''kim'')');
SELECT pg_temp.answers('POST', 'auth/refresh', format('refresh_token(%L)', api.login('kims-password', 'kim') ->> 'refresh_token'));
SELECT pg_temp.answers('POST', 'auth/session', 'open_browser_session(''kims-password'', ''kim'')');
SELECT pg_temp.answers('GET', 'auth/session', 'get_browser_session()');
SELECT pg_temp.answers('GET', 'auth/me', 'me()');
SELECT pg_temp.answers('POST', 'auth/ws-ticket', 'issue_ws_ticket()');
SELECT pg_temp.answers('POST', 'auth/api-keys', 'create_api_key(''robot'', ''operator'', now() + INTERVAL ''1 day'')');
SELECT pg_temp.answers('GET', 'auth/api-keys', 'list_api_keys()');
SELECT pg_temp.answers('DELETE', 'auth/api-keys/{id}', format('revoke_api_key(%L)', (SELECT id FROM auth.api_key)));
SELECT is(pg_temp.refusal('create_api_key('''')'), 'MW422 name', 'a key needs a name');
SELECT is(pg_temp.refusal('create_api_key(''x'', ''viewer'', now())'), 'MW422 expires_at', 'a key expires in the future');
SELECT is(pg_temp.refusal('revoke_api_key(gen_random_uuid())'), 'MW404', 'a key that is none');
SELECT pg_temp.answers('GET', 'users', 'list_users()');
SELECT pg_temp.answers('GET', 'users/{id}', 'get_user(auth.account_id())');
SELECT pg_temp.answers('PATCH', 'users/{id}', format('update_user(%s, role => ''operator'')', (SELECT id FROM auth.account WHERE username = 'kim')));
SELECT is(pg_temp.refusal('get_user(-1)'), 'null', 'a user that is none is NULL, which is a 404');
SELECT is(pg_temp.refusal('update_user(-1)'), 'MW404', 'nor can it be changed');
SELECT is(pg_temp.refusal('update_user(1, role => ''x'')'), 'MW422 role', 'a role that is none');
SELECT pg_temp.answers('GET', 'audit', 'list_audit()');
SELECT pg_temp.answers('GET', 'audit', 'list_audit("limit" => 1, cursor => api.list_audit("limit" => 1) ->> ''next_cursor'')');

-- equipment
SELECT pg_temp.answers('POST', 'equipment', $$create_equipment('{"id": "press-1", "name": "Press", "type": "motor", "category": "press", "location": "A",
    "manufacturer": "H", "model": "m", "serial_number": "1", "installation_date": "2024-03-01", "warranty_expiry": "2027-03-01", "last_maintenance": "2026-01-01T09:00:00+09:00",
    "next_maintenance": "2027-01-01T00:00:00Z", "status": "active", "description": "d", "specifications": {"power_kw": 2.2}, "tags": ["x"], "operating_hours": 5.5,
    "max_operating_hours": 100, "criticality": "high"}')$$);
SELECT is(api.get_equipment('press-1') ->> 'last_maintenance', '2026-01-01T00:00:00.000000Z', 'times come back in UTC');
SELECT pg_temp.answers('POST', 'equipment', 'create_equipment(''{"name": "no id"}'')');
SELECT is(pg_temp.refusal('create_equipment(''{"id": "press-1", "name": "x"}'')'), 'MW409 id', 'an id once');
SELECT is(pg_temp.refusal('create_equipment(' || quote_literal(b) || ')'), 'MW422 ' || m, 'refused: ' || m)
FROM (VALUES ('{}', 'name'), ('{"name": ""}', 'name'), ('{"name": null}', 'name'), ('{"name": "x", "id": "a/b"}', 'id'), ('{"name": "x", "id": ""}', 'id'),
    ('{"name": "x", "status": "broken"}', 'status'), ('{"name": "x", "criticality": 3}', 'criticality'), ('{"name": "x", "operating_hours": -1}', 'operating_hours'),
    ('{"name": "x", "max_operating_hours": 0}', 'max_operating_hours'), ('{"name": "x", "installation_date": "yesterday"}', 'installation_date'),
    ('{"name": "x", "last_maintenance": "infinity"}', 'last_maintenance'), ('{"name": "x", "specifications": []}', 'specifications'), ('{"name": "x", "tags": "t"}', 'tags'),
    ('{"name": "x", "colour": "red"}', 'colour'), ('[]', 'body'), ('5', 'body'), ('null', 'body')) AS x (b, m);
SELECT is(pg_temp.refusal('create_equipment(' || quote_literal(jsonb_build_object('name', repeat('x', 201))) || ')'), 'MW422 name', 'a name of 201 characters');
SELECT pg_temp.answers('GET', 'equipment', 'list_equipment()');
SELECT is(jsonb_array_length(api.list_equipment(type => 'motor', category => 'press', status => 'active', location => 'A')), 1, 'filters');
SELECT is(jsonb_array_length(api.list_equipment(skip => 1)), 1, 'skip');
SELECT is(api.list_equipment("limit" => 1, cursor => api.list_equipment("limit" => 1) -> -1 ->> 'id') -> 0 ->> 'id', 'press-1', 'cursor');
SELECT is(pg_temp.refusal('list_equipment(skip => -1)'), 'MW422 skip', 'a negative skip');
SELECT pg_temp.answers('GET', 'equipment/{id}', 'get_equipment(''press-1'')');
SELECT is(pg_temp.refusal('get_equipment(''nope'')'), 'null', 'no such equipment');
SELECT pg_temp.answers('PATCH', 'equipment/{id}', $$update_equipment('press-1', '{"status": "maintenance", "category": null}')$$);
SELECT is(api.get_equipment('press-1') ->> 'location', 'A', 'PATCH keeps the rest');
SELECT pg_temp.answers('PUT', 'equipment/{id}', $$replace_equipment('press-1', '{"name": "Press", "type": "motor"}')$$);
SELECT is(api.get_equipment('press-1') ->> 'location', NULL, 'PUT does not');
SELECT is(pg_temp.refusal($$update_equipment('nope', '{}')$$), 'MW404', 'PATCH of none');
SELECT is(pg_temp.refusal($$replace_equipment('nope', '{"name": "x"}')$$), 'MW404', 'PUT of none');
SELECT is(pg_temp.refusal($$update_equipment('press-1', '{"id": "press-2"}')$$), 'MW422 id', 'an id cannot be changed');
SELECT is(pg_temp.refusal('delete_equipment(''nope'')'), 'MW404', 'DELETE of none');

-- sensors
SELECT pg_temp.answers('POST', 'sensors', $$create_sensor('{"equipment_id": "press-1", "name": "vib", "type": "vibration", "unit": "mm/s", "range_min": 0, "range_max": 50,
    "sampling_rate": 10, "accuracy": 0.1, "calibration_date": "2026-01-01", "calibration": {"by": "K"}}')$$);
CREATE TEMPORARY TABLE sensor AS SELECT id FROM plant.sensor WHERE name = 'vib';
SELECT is(pg_temp.refusal($$create_sensor('{"equipment_id": "press-1", "name": "vib"}')$$), 'MW409 name', 'a name once per equipment');
SELECT is(pg_temp.refusal($$create_sensor('{"equipment_id": "nope", "name": "vib"}')$$), 'MW422 equipment_id', 'an equipment that is none');
SELECT is(pg_temp.refusal($$create_sensor('{"equipment_id": "press-1", "name": "y", "range_min": 2, "range_max": 1}')$$), 'MW422 range_max', 'a range upside down');
SELECT is(pg_temp.refusal($$create_sensor('{"name": "y"}')$$), 'MW422 equipment_id', 'no equipment');
SELECT pg_temp.answers('GET', 'sensors', 'list_sensors(equipment_id => ''press-1'')');
SELECT pg_temp.answers('GET', 'sensors/{id}', format('get_sensor(%s)', id)) FROM sensor;
SELECT pg_temp.answers('PATCH', 'sensors/{id}', format($$update_sensor(%s, '{"unit": "m/s", "equipment_id": "ignored"}')$$, id)) FROM sensor;
SELECT is(pg_temp.refusal(format($$update_sensor(%s, '{"range_min": 99}')$$, id)), 'MW422 range_max', 'a range upside down') FROM sensor;
SELECT is(pg_temp.refusal($$update_sensor(-1, '{}')$$), 'MW404', 'a sensor that is none');
SELECT pg_temp.answers('GET', 'equipment/{id}/with-sensors', 'get_equipment_with_sensors(''press-1'')');
SELECT is(pg_temp.refusal('get_latest_sensor_data(''press-1'')'), 'null', 'no value yet is a 404');

-- rules and points, so that there is an alarm
SELECT pg_temp.answers('POST', 'rules', $$create_rule('{"name": "high", "condition": "above", "high": 5, "deadband": 0.5, "severity": "high", "select_equipment": ["press-1"],
    "select_sensor": ["vib"], "on_delay": 0, "off_delay": "PT0S", "reason": "test"}')$$);
CREATE TEMPORARY TABLE rule AS SELECT id FROM alarm.rule WHERE name = 'high';
SELECT is(pg_temp.refusal($$create_rule('{"name": "high", "condition": "above", "high": 5}')$$), 'MW409 name', 'a rule''s name once');
SELECT is(pg_temp.refusal($$create_rule('{"name": "x", "condition": "above"}')$$), 'MW422 high', 'a rule without its limit');
SELECT is(pg_temp.refusal($$create_rule('{"name": "x", "condition": "over", "high": 5}')$$), 'MW422 condition', 'a condition that is none');
SELECT is(pg_temp.refusal($$create_rule('{"name": "x", "condition": "above", "high": 5, "severity": "awful"}')$$), 'MW422 severity', 'a severity that is none');
SELECT is(pg_temp.refusal($$create_rule('{"name": "x", "condition": "above", "high": 5, "on_delay": "soon"}')$$), 'MW422 on_delay', 'a delay that is none');
SELECT is(pg_temp.refusal($$create_rule('{"name": "x", "condition": "above", "high": 5, "parent_rule": -1}')$$), 'MW422 parent_rule', 'a parent that is none');
SELECT pg_temp.answers('GET', 'rules', 'list_rules(condition => ''above'', enabled => true)');
SELECT pg_temp.answers('GET', 'rules/{id}', format('get_rule(%s)', id)) FROM rule;
SELECT pg_temp.answers('POST', 'sensors/data', $$store_sensor_data('{"device_id": "press-1", "sensor_type": "vibration", "sensor": "vib", "value": 3}')$$);
SELECT pg_temp.answers('POST', 'sensors/data', format($$store_sensor_data('[{"device_id": "press-1", "sensor_type": "vibration", "sensor": "vib", "value": 9000, "unit": "mm/s", "time": "%s"},
    {"device_id": "press-2", "sensor_type": "temperature", "value": 21.5}]')$$, api.iso(clock_timestamp())));
SELECT is(pg_temp.refusal('store_sensor_data(' || quote_literal(b) || ')'), 'MW422 ' || m, 'point refused: ' || m)
FROM (VALUES ('5', 'body'), ('[]', 'body'), ('null', 'body'), ('[5]', '[0]'), ('{}', '[0].device_id'), ('{"device_id": "a/b", "sensor_type": "t", "value": 1}', '[0].device_id'),
    ('{"device_id": "a", "sensor_type": "t", "value": "1"}', '[0].value'), ('{"device_id": "a", "sensor_type": "t", "value": 1e999}', '[0].value'),
    ('{"device_id": "a", "sensor_type": "t", "value": 1, "time": "noon"}', '[0].time'), ('{"device_id": "a", "sensor_type": "t", "value": 1, "time": "2999-01-01T00:00:00Z"}', '[0]'),
    ('[{"device_id": "a", "sensor_type": "t", "value": 1}, {"device_id": "a", "value": 1}]', '[1].sensor_type')) AS x (b, m);
SELECT is(pg_temp.refusal('store_sensor_data((SELECT jsonb_agg(1) FROM generate_series(1, 10001)))'), 'MW422 body', 'too many points');
SELECT is((SELECT count(*) FROM plant.equipment WHERE id = 'a'), 0::bigint, 'what is refused leaves nothing behind');
SELECT pg_temp.answers('GET', 'sensors/data/{device_id}', format('list_sensor_data(''press-1'', bucket => %L)', b)) FROM unnest('{raw,1m,1h,1d}'::text[]) AS b;
SELECT is(api.list_sensor_data('press-1') -> 'total', '2', 'total');
SELECT is(api.list_sensor_data('press-1', sensor_type => 'vibration', sensor => 'vib') -> 'data' -> 1 -> 'value', '9', 'in time order');
SELECT is(api.list_sensor_data('press-1', sensor_type => 'current') -> 'data', '[]', 'another type has none');
SELECT is(api.list_sensor_data('press-1', bucket => '1m', start => '2000-01-01') -> 'data' -> -1 -> 'max', '9', 'the minute aggregate, up to now');
SELECT is((WITH RECURSIVE page AS (
        SELECT api.list_sensor_data('press-1', "limit" => 1) AS p, 1 AS n
        UNION ALL SELECT api.list_sensor_data('press-1', "limit" => 1, cursor => p ->> 'next_cursor'), n + 1 FROM page WHERE p ->> 'next_cursor' IS NOT NULL AND n < 9)
    SELECT string_agg(p #>> '{data,0,value}', ' ' ORDER BY n) FROM page), '3 9', 'pages follow each other');
SELECT is(pg_temp.refusal('list_sensor_data(''nope'')'), 'MW404', 'an equipment that is none');
SELECT is(pg_temp.refusal('list_sensor_data(''press-1'', bucket => ''5m'')'), 'MW422 bucket', 'a bucket that is none');
SELECT is(pg_temp.refusal('list_sensor_data(''press-1'', start => now(), "end" => now())'), 'MW422 end', 'an empty range');
SELECT is(pg_temp.refusal('list_sensor_data(''press-1'', cursor => ''x'')'), 'MW400 cursor', 'a cursor that is none');
SELECT pg_temp.answers('GET', 'sensors/data/{device_id}/latest', 'get_latest_sensor_data(''press-1'')');
SELECT is(api.get_latest_sensor_data('press-1') -> 'value', '9', 'the latest');
SELECT api.store_sensor_data('{"device_id": "old", "sensor_type": "t", "value": 7, "time": "2020-01-01T00:00:00Z"}') \g /dev/null
SELECT ingest.backfill() \g /dev/null
SELECT is(api.get_latest_sensor_data('old') -> 'value', '7', 'where all is historical, the newest of it');
SELECT is(pg_temp.refusal('delete_equipment(''press-1'')'), 'MW409', 'an equipment with values stays');
SELECT is(pg_temp.refusal(format('delete_sensor(%s)', id)), 'MW409', 'a sensor with values stays') FROM sensor;
SELECT pg_temp.answers('DELETE', 'sensors/{id}', format('delete_sensor(%s)', api.create_sensor('{"equipment_id": "press-1", "name": "unused"}') ->> 'id'));
SELECT pg_temp.answers('DELETE', 'equipment/{id}', format('delete_equipment(%L)', api.create_equipment('{"name": "x"}') ->> 'id'));

-- alarms
CREATE TEMPORARY TABLE raised AS SELECT max(id) AS id FROM alarm.alarm WHERE code = 'high';
SELECT pg_temp.answers('GET', 'alerts', format('list_alerts(status => %L, device_id => ''press-1'', severity => ''high'')', s))
FROM unnest('{active,unacknowledged,acknowledged,shelved,suppressed,returned,cleared,resolved,all}'::text[]) AS s;
SELECT is(api.list_alerts(status => 'active') -> 'total', '1', 'an alarm stands');
SELECT is(api.list_alerts(page => 2) -> 'notifications', '[]', 'a page behind the last');
SELECT is(api.list_alerts(cursor => api.list_alerts("limit" => 1) ->> 'next_cursor') -> 'notifications', '[]', 'the same by cursor');
SELECT is(pg_temp.refusal('list_alerts(status => ''x'')'), 'MW422 status', 'a status that is none');
SELECT is(pg_temp.refusal('list_alerts(page => 0)'), 'MW422 page', 'a page that is none');
-- the operator's page
SELECT pg_temp.answers('GET', 'alerts/severities', 'list_severities()');
SELECT is(api.list_severities() #>> '{items,0,name}', (SELECT name FROM alarm.severity ORDER BY rank DESC LIMIT 1), 'the worst severity goes first');
SELECT pg_temp.answers('GET', 'words', 'list_words()');
SELECT pg_temp.answers('GET', 'alerts/comments', 'list_alert_comments(''press-1'')');
SELECT is(pg_temp.refusal('list_alert_comments(''press-1'', 0)'), 'MW422 limit', 'comments have a limit');
SELECT pg_temp.answers('GET', 'equipment/{id}/limits', 'list_equipment_limits(''press-1'')');
SELECT is(api.list_equipment_limits('no-such') -> 'items', '[]', 'nothing has no limits');
SELECT pg_temp.answers('GET', 'plant/overview', 'list_plant_overview(trend_minutes => 3)');
SELECT is(pg_temp.refusal('list_plant_overview(trend_minutes => 241)'), 'MW422 trend_minutes', 'a trend of a week is none');
SELECT is(pg_temp.refusal('list_plant_overview(trend_minutes => NULL)'), 'MW422 trend_minutes', 'nor one of no length');
SELECT pg_temp.answers('GET', 'alerts/kpis', 'get_alert_kpis()');
SELECT pg_temp.answers('GET', 'alerts/kpis', 'get_alert_kpis("from" => now() - INTERVAL ''10 days'', "to" => now() + INTERVAL ''1 minute'')');
SELECT is(jsonb_array_length(k -> 'days') > 0 AND jsonb_array_length(k -> 'shifts') > 0 AND jsonb_array_length(k -> 'equipment') > 0 AND jsonb_array_length(k -> 'bad_actors') > 0, true, 'per day, shift and equipment')
FROM api.get_alert_kpis(now() - INTERVAL '10 days', now() + INTERVAL '1 minute') AS k;
SELECT is(pg_temp.refusal('get_alert_kpis(' || p || ')'), 'MW422 to', p) FROM unnest('{"now(), now()","''-infinity'', now()","now() - INTERVAL ''367 days'', now()","now() + INTERVAL ''1 day''"}'::text[]) AS p;
SELECT pg_temp.answers('GET', 'alerts/{id}', format('get_alert(%s)', id)) FROM raised;
SELECT pg_temp.answers('GET', 'alerts/{id}/explain', format('explain_alert(%s)', id)) FROM raised;
SELECT is(pg_temp.refusal('get_alert(-1)') || pg_temp.refusal('explain_alert(-1)'), 'nullnull', 'an alarm that is none');
SELECT is(pg_temp.refusal(format('confirm_alert(%s)', id)), 'MW409 id', 'not confirmed before it is acknowledged') FROM raised;
SELECT pg_temp.answers('POST', 'alerts/{id}/' || a.path, format(a.call, r.id)) FROM raised AS r CROSS JOIN (VALUES
    (1, 'acknowledge', 'acknowledge_alert(%s, ''seen'')'), (2, 'confirm', 'confirm_alert(%s)'), (3, 'comment', 'comment_alert(%s, ''belt'')'),
    (4, 'shelve', 'shelve_alert(%s, 60)'), (5, 'unshelve', 'unshelve_alert(%s)'), (6, 'suppress', 'suppress_alert(%s)'), (7, 'unsuppress', 'unsuppress_alert(%s)'),
    (8, 'out-of-service', 'take_alert_out_of_service(%s)'), (9, 'in-service', 'return_alert_to_service(%s)')) AS a (n, path, call)
ORDER BY a.n;
SELECT is(api.get_alert(id) ->> 'acknowledged_by', 'admin', 'by the request''s user') FROM raised;
SELECT is(pg_temp.refusal(format('acknowledge_alert(%s)', id)), 'MW409 id', 'once') FROM raised;
SELECT is(pg_temp.refusal(f || '_alert(-1)'), 'MW404 id', f || ' none') FROM unnest('{acknowledge,confirm,shelve,unshelve,suppress,unsuppress,reset}'::text[]) AS f;
SELECT is(pg_temp.refusal(format('comment_alert(%s, '''')', id)), 'MW422 comment', 'an empty comment') FROM raised;
SELECT is(pg_temp.refusal(format('shelve_alert(%s, 0)', id)), 'MW422 duration_seconds', 'no duration') FROM raised;
SELECT is(left(pg_temp.refusal(format('shelve_alert(%s, 99999999)', id)), 5), 'MW422', 'too long a duration') FROM raised;
SELECT is(pg_temp.refusal(format('reset_alert(%s)', id)), 'MW409 id', 'only a latched alarm is reset') FROM raised;
INSERT INTO called VALUES ('POST', '/api/v1/alerts/{id}/reset');
SELECT pg_temp.answers('PATCH', 'rules/{id}', format($$update_rule(%s, '{"high": 6, "on_delay": "PT5S", "reason": "less noise"}')$$, id)) FROM rule;
SELECT is(pg_temp.refusal($$update_rule(-1, '{"high": 6}')$$), 'MW404 id', 'a rule that is none');
SELECT pg_temp.answers('GET', 'rules/{id}/versions', format('list_rule_versions(%s)', id)) FROM rule;
SELECT is(api.list_rule_versions(id) #>> '{items,0,reason}', 'less noise', 'a version says why') FROM rule;
SELECT is(pg_temp.refusal('list_rule_versions(-1)'), 'null', 'versions of none');
SELECT pg_temp.answers('POST', 'rules/{id}/backtest', format($$backtest_rule(%s, now() - INTERVAL '1 day', now() + INTERVAL '1 minute', '{"high": 5, "on_delay": 0}')$$, id)) FROM rule;
SELECT is(api.backtest_rule(id, now() - INTERVAL '1 day', now() + INTERVAL '1 minute', '{"high": 5, "on_delay": 0}') #> '{summary,alarms}', '1', 'a backtest finds what was live') FROM rule;
SELECT is(api.backtest_rule(id, date_trunc('minute', now() - INTERVAL '1 day'), now() + INTERVAL '1 minute', '{"high": 5, "on_delay": 0}', '1m', 'mean') #> '{summary,alarms}', '1', 'on a rollup, too') FROM rule;
SELECT is(pg_temp.refusal(format('backtest_rule(%s, now() - INTERVAL ''1 day'', now(), source => ''1d'')', id)) || ' ' || pg_temp.refusal(format('backtest_rule(%s, now() - INTERVAL ''1 day'', now(), bucket_value => ''max'')', id)), 'MW422 source MW422 bucket_value', 'a source, a value that is none') FROM rule;
SELECT is(pg_temp.refusal(format('backtest_rule(%s, now(), now())', id)), 'MW422 to', 'a backtest of no time') FROM rule;
SELECT is(left(pg_temp.refusal('backtest_rule(-1, now() - INTERVAL ''1 day'', now())'), 5), 'MW404', 'of no rule');
SELECT pg_temp.answers('DELETE', 'rules/{id}', format('delete_rule(%s, ''no longer'')', id)) FROM rule;
SELECT is(pg_temp.refusal('delete_rule(-1)'), 'MW404 id', 'a rule that is none');
SELECT pg_temp.answers('POST', 'rules/{id}/rollback', format('rollback_rule(%s, 1, ''it was right'')', id)) FROM rule;
SELECT is(left(pg_temp.refusal('rollback_rule(-1, 1)'), 5), 'MW404', 'a version that is none');

-- maintenance
SELECT pg_temp.answers('POST', 'maintenance', $$create_maintenance('{"equipment_id": "press-1", "title": "belt", "starts_at": "2026-11-24T06:00:00Z", "ends_at": "2026-11-24T09:00:00Z"}')$$);
CREATE TEMPORARY TABLE maintenance AS SELECT max(id) AS id FROM plant.maintenance;
SELECT is(pg_temp.refusal($$create_maintenance('{"equipment_id": "nope", "title": "t", "starts_at": "2026-11-24T06:00:00Z"}')$$), 'MW422 equipment_id', 'an equipment that is none');
SELECT is(pg_temp.refusal($$create_maintenance('{"equipment_id": "press-1", "title": "t", "starts_at": "2026-11-24T06:00:00Z", "ends_at": "2026-11-24T05:00:00Z"}')$$),
    'MW422 ends_at', 'a window that ends before it starts');
SELECT pg_temp.answers('GET', 'maintenance', 'list_maintenance(equipment_id => ''press-1'')');
SELECT pg_temp.answers('GET', 'maintenance/{id}', format('get_maintenance(%s)', id)) FROM maintenance;
SELECT pg_temp.answers('PATCH', 'maintenance/{id}', format($$update_maintenance(%s, '{"status": "done"}')$$, id)) FROM maintenance;
SELECT is(pg_temp.refusal($$update_maintenance(-1, '{}')$$), 'MW404', 'maintenance that is none');

-- models
INSERT INTO ml.serve_ml_models (equipment_id, power, model_version, bundle_path, "case") VALUES
    ('press-1', '2.2kW', 'v9', 'x', 'A'), ('press-1', '2.2kW', 'v10', 'x', 'A'), ('press-1', '5kW', 'v1', 'x', 'A');
INSERT INTO ml.serve_ml_predictions (time, equipment_id, power, model_version, source, modalities, is_anomaly, confidence, severity, scores, thresholds, ratio)
VALUES (now(), 'press-1', '2.2kW', 'v10', 'http', '{current}', true, 0.9, 'critical', '{"current": 2}', '{"current": 1}', '{"current": 2}');
SELECT pg_temp.answers('GET', 'serve-ml/bundles', 'list_bundles()');
SELECT is(api.list_bundles('press-1') -> 'powers', '["2.2kW", "5kW"]', 'powers');
SELECT is(api.list_bundles('press-1', '2.2kW') -> 'versions', '["v10", "v9"]', 'versions, newest first');
SELECT is(pg_temp.refusal('list_bundles(''nope'')'), 'null', 'bundles of none');
SELECT is(pg_temp.refusal('list_bundles(power => ''x'')'), 'MW422 equipment_id', 'a power without an equipment');
SELECT pg_temp.answers('GET', 'serve-ml/models', 'list_models(''press-1'')');
SELECT pg_temp.answers('PUT', 'serve-ml/models/{equipment_id}/{power}/{alias}', 'set_model_alias(''press-1'', ''2.2kW'', ''champion'', ''v9'', ''calmer'')');
SELECT is(api.list_bundles('press-1', '2.2kW') ->> 'champion', 'v9', 'the champion');
SELECT is(pg_temp.refusal('set_model_alias(''press-1'', ''2.2kW'', ''king'', ''v9'')'), 'MW422 alias', 'an alias that is none');
SELECT is(pg_temp.refusal('set_model_alias(''press-1'', ''2.2kW'', ''champion'', ''v0'')'), 'MW404 model_version', 'a version that is none');
SELECT pg_temp.answers('PUT', 'serve-ml/models/{equipment_id}/{power}/{alias}', 'set_model_alias(''press-1'', ''2.2kW'', ''champion'', ''v10'', ''newer'')');
SELECT pg_temp.answers('POST', 'serve-ml/models/{equipment_id}/{power}/{alias}/rollback', 'rollback_model_alias(''press-1'', ''2.2kW'', ''champion'', ''noisy'')');
SELECT is(api.list_bundles('press-1', '2.2kW') ->> 'champion', 'v9', 'the champion of before');
SELECT is(pg_temp.refusal('rollback_model_alias(''press-1'', ''2.2kW'', ''champion'')'), 'MW409 alias', 'nothing further back');
SELECT pg_temp.answers('GET', 'serve-ml/models/{equipment_id}/{power}/{alias}/history', 'list_model_alias_history(''press-1'', ''2.2kW'', ''champion'', "limit" => 1)');
SELECT is(api.list_model_alias_history('press-1', '2.2kW', 'champion') -> 'items' -> 0 ->> 'reason', 'noisy', 'newest first');
SELECT is(api.list_model_alias_history('press-1', '2.2kW', 'champion', 1, api.list_model_alias_history('press-1', '2.2kW', 'champion', 1) ->> 'next_cursor') -> 'items' -> 0 ->> 'reason', 'newer', 'page by page');
SELECT is(pg_temp.refusal('list_model_alias_history(''press-1'', ''2.2kW'', ''champion'', cursor => ''x'')'), 'MW400 cursor', 'a cursor that is none');
SELECT is(api.list_model_alias_history('press-1', '2.2kW', 'champion') -> 'items' -> 0 ->> 'set_by', auth.actor(), 'by whom');
SELECT pg_temp.answers('GET', 'serve-ml/models/{equipment_id}/{power}/versions/{model_version}', 'get_model(''press-1'', ''2.2kW'', ''v9'')');
SELECT is(pg_temp.refusal('get_model(''press-1'', ''2.2kW'', ''v0'')'), 'null', 'a version that is none');
SELECT pg_temp.answers('PATCH', 'serve-ml/models/{equipment_id}/{power}/versions/{model_version}', 'retire_model(''press-1'', ''2.2kW'', ''v10'', true, ''noisy'')');
SELECT is(api.get_model('press-1', '2.2kW', 'v10') ->> 'status', 'retired', 'out of service');
SELECT is(pg_temp.refusal('retire_model(''press-1'', ''2.2kW'', ''v9'', true)'), 'MW409 model_version', 'the champion is not retired');
SELECT is(pg_temp.refusal('retire_model(''press-1'', ''2.2kW'', ''v9'')'), 'MW422 retired', 'retired or not');
SELECT pg_temp.answers('GET', 'serve-ml/serving', 'list_serving(''press-1'')');
SELECT is(api.list_serving('press-1', '2.2kW') -> 'items' -> 0 ->> 'because', 'champion', 'what answers, and why');
-- 60 inputs with a shadow
INSERT INTO ml.serve_ml_predictions (time, equipment_id, power, model_version, stage, source, modalities, is_anomaly, confidence, scores, thresholds, ratio, features, received_at)
SELECT now() - INTERVAL '1 hour' + i * INTERVAL '1 second', 'press-1', '2.2kW', v, s, 'http', '{current}', false, 0.1, '{"current": 0.5}', '{"current": 1}', '{"current": 0.5}',
    jsonb_build_object('a', i), now() - INTERVAL '5 minutes'
FROM generate_series(1, 60) AS i, (VALUES ('v9', 'champion'), ('v10', 'challenger')) AS x (v, s);
SELECT pg_temp.answers('GET', 'serve-ml/shadow', 'compare_shadow(''press-1'', ''2.2kW'', challenger => ''v10'')');
SELECT is(api.compare_shadow('press-1', '2.2kW', challenger => 'v10') -> 'inputs', '60', 'the same inputs');
SELECT is(pg_temp.refusal('compare_shadow(''press-1'', ''2.2kW'')'), 'MW404 challenger', 'nobody challenges');
SELECT is(pg_temp.refusal('compare_shadow(''press-1'', ''2.2kW'', now(), now() - INTERVAL ''1 day'')'), 'MW422 to', 'a time that is none');
SELECT pg_temp.answers('POST', 'serve-ml/models/{equipment_id}/{power}/versions/{model_version}/reference', 'learn_model_reference(''press-1'', ''2.2kW'', ''v9'', samples => 60)');
SELECT is(pg_temp.refusal('learn_model_reference(''press-1'', ''5kW'', ''v1'')'), 'MW409 samples', 'nothing to learn from');
SELECT ml.summarise() \g /dev/null
SELECT pg_temp.answers('GET', 'serve-ml/drift', 'list_feature_drift(''press-1'', ''2.2kW'')');
SELECT is(api.list_feature_drift('press-1', '2.2kW') -> 'items' -> 0 -> 'samples', '60', 'what was summed up');
SELECT is(pg_temp.refusal('list_feature_drift(''press-1'', ''2.2kW'', NULL, current_date, current_date)'), 'MW422 end', 'no days');
SELECT pg_temp.answers('GET', 'serve-ml/scores', 'list_score_trend(''press-1'', ''2.2kW'', "limit" => 1)');
SELECT is(api.list_score_trend('press-1', '2.2kW') -> 'total', '2', 'v9, and v10 as shadow; the last minute waits');
INSERT INTO alarm.known_fault (equipment_id, starts_at, ends_at) VALUES ('press-1', now() - INTERVAL '10 minutes', now() + INTERVAL '10 minutes');
SELECT pg_temp.answers('GET', 'anomalies/stats', 'anomaly_stats()');
SELECT results_eq($$SELECT s -> 'total_predictions', s -> 'total_anomalies', s -> 'by_severity' -> 'critical', s -> 'by_modality' -> 'current', s -> 'devices' FROM api.anomaly_stats('press-1', "end" => now() + INTERVAL '1 minute') AS s$$,
    $$VALUES ('61'::jsonb, '1'::jsonb, '1'::jsonb, '1'::jsonb, '1'::jsonb)$$, 'counted, not invented; shadows left out');
SELECT is(api.anomaly_stats('nope') -> 'total_predictions', '0', 'of none none');
SELECT pg_temp.answers('GET', 'anomalies/model-performance', 'model_performance()');
SELECT results_eq($$SELECT m -> 'labelled', m -> 'true_positives', m -> 'true_negatives', m -> 'precision', m -> 'recall', m -> 'accuracy'
    FROM jsonb_array_elements(api.model_performance('press-1', "end" => now() + INTERVAL '1 minute') -> 'models') AS m WHERE m ->> 'model_version' = 'v10' AND m ->> 'stage' = 'champion'$$,
    $$VALUES ('1'::jsonb, '1'::jsonb, '0'::jsonb, '1'::jsonb, '1'::jsonb, '1'::jsonb)$$, 'against the known fault');
DELETE FROM alarm.known_fault;
SELECT is(api.model_performance('press-1') -> 'models' -> 0 -> 'precision', 'null', 'without a known fault nobody can tell');
SELECT pg_temp.answers('GET', 'anomalies/events', 'list_anomaly_events(''press-1'', ''critical'')');
SELECT is(api.list_anomaly_events(severity => 'critical') -> 'total', '1', 'the severity filter works');
SELECT is(api.list_anomaly_events(severity => 'low') -> 'total', '0', 'for others, too');

-- remaining life
SELECT pg_temp.answers('GET', 'rul/status', 'get_rul_status(''press-1'')');
SELECT pg_temp.answers('GET', 'rul/health/{device_id}', 'get_rul_health(''press-1'')');
SELECT pg_temp.answers('POST', 'rul/predict', $$predict_rul('{"device_id": "press-1", "sensor_data": []}')$$);
INSERT INTO ml.rul_lite_threshold (equipment_id, current_threshold, vibration_threshold) VALUES ('press-1', 10, 2);
SELECT pg_temp.answers('POST', 'rul/ingest', 'ingest_rul(''press-1'', ''ON'', 1, 1, 1, 0.1)');
SELECT pg_temp.answers('GET', 'rul/status', 'get_rul_status(''press-1'', ''ON'')');
SELECT pg_temp.answers('POST', 'rul/predict', $$predict_rul('{"device_id": "press-1", "sensor_data": [{"vibration": {"value": 1.0},
    "temperature": {"value": 30}, "current": {"value": 5}}], "timestamp": "2026-03-01T00:00:00Z"}')$$);
SELECT pg_temp.answers('GET', 'rul/predictions', 'list_rul_predictions()');
SELECT pg_temp.answers('GET', 'rul/health/{device_id}', 'get_rul_health(''press-1'')');
SELECT pg_temp.answers('GET', 'rul/health', 'list_rul_health()');
SELECT pg_temp.answers('GET', 'rul/stats', 'get_rul_stats(''press-1'')');
SELECT is(pg_temp.refusal(c.call), c.refusal, 'rul: ' || c.call) FROM (VALUES
    ('get_rul_status(''nope'')', 'MW404 equipment_id'), ('get_rul_health(''nope'')', 'MW404 device_id'),
    ('predict_rul(''{"device_id": "nope"}'')', 'MW404 device_id'), ('predict_rul(''{}'')', 'MW422 device_id'),
    ('predict_rul(''{"device_id": "press-1", "sensor_data": [{"current": {"value": 1e300}}]}'')', 'MW422 sensor_data[0]'),
    ('ingest_rul(''press-1'')', 'MW422 vibe'), ('ingest_rul(''press-1'', ''ON'', ''NaN'')', 'MW422 x'),
    ('ingest_rul(''press-1'', ''ON'', 1, ''-Infinity'')', 'MW422 y'), ('ingest_rul(''press-1'', ''ON'', vibe => 1e101)', 'MW422 vibe'),
    ('ingest_rul(''press-1'', '''', 1)', 'MW422 power'), ('ingest_rul('''', ''ON'', 1)', 'MW422 equipment_id'),
    ('list_rul_predictions(page => 0)', 'MW422 page'), ('list_rul_predictions(size => 1001)', 'MW422 size'),
    ('list_rul_health("limit" => 0)', 'MW422 limit')) AS c (call, refusal);

-- notifications
SELECT pg_temp.answers('GET', 'notifications', 'list_notifications()');
SELECT pg_temp.answers('GET', 'notifications', 'list_notifications(kind => ''alarm'', device_id => ''press-1'')');
SELECT is((api.list_notifications() -> 'total')::bigint, (SELECT count(*) FROM relay.outbox), 'total counts them all');
SELECT pg_temp.answers('POST', 'notifications/channels', $$create_channel('{"name": "crew", "kind": "slack_webhook", "target": "https://user:pass@hooks.example.com/T1/secret?x=1", "headers": {"X-Key": "secret"}}')$$);
CREATE TEMPORARY TABLE channel AS SELECT id FROM relay.channel WHERE name = 'crew';
SELECT ok(api.list_channels()::text !~ 'secret|pass', 'addresses and headers stay hidden');
SELECT is(api.list_channels() #>> '{items,2,target}', 'https://hooks.example.com/…', 'but for the host');
SELECT pg_temp.answers('GET', 'notifications/channels', 'list_channels()');
SELECT pg_temp.answers('PATCH', 'notifications/channels/{id}', format($$update_channel(%s, '{"first_delay": "PT2S"}')$$, id)) FROM channel;
SELECT is((SELECT target FROM relay.channel WHERE name = 'crew'), 'https://user:pass@hooks.example.com/T1/secret?x=1', 'PATCH keeps the address');
SELECT is(pg_temp.refusal($$create_channel('{"name": "crew", "kind": "webhook", "target": "https://x"}')$$), 'MW409 name', 'a name once');
SELECT is(pg_temp.refusal($$create_channel('{"name": "c", "kind": "webhook", "target": "ftp://x"}')$$), 'MW422 target', 'a target that is none');
SELECT is(pg_temp.refusal($$create_channel('{"name": "c", "kind": "pager", "target": "https://x"}')$$), 'MW422 kind', 'a kind that is none');
SELECT is(pg_temp.refusal($$create_channel('{"name": "c", "kind": "email", "target": "https://x"}')$$), 'MW422 target', 'e-mail to a URL');
SELECT is(pg_temp.refusal($$create_channel('{"name": "c", "kind": "email", "target": "mailto:a@b.example,x\r\nBcc: y@z.example"}')$$), 'MW422 target', 'a line break in an address');
SELECT is(pg_temp.refusal($$create_channel('{"name": "c", "kind": "slack_bot", "target": "slack:#general"}')$$), 'MW422 target', 'a name where Slack wants an id');
SELECT is(pg_temp.refusal('test_email()'), 'MW409', 'no e-mail without a channel');
SELECT ok(NOT (api.create_channel('{"name": "mail", "kind": "email", "target": "mailto:crew@plant.example,ops@plant.example"}') -> 'available')::boolean, 'a mail channel waits for a mail server');
SELECT relay.declare_environment('{SMTP_URL}');
SELECT pg_temp.answers('POST', 'notifications/test-email', 'test_email()');
DELETE FROM relay.channel WHERE name = 'mail';
SELECT is(pg_temp.refusal($$create_channel('{"name": "c", "kind": "webhook", "target": "https://x", "first_delay": "PT1H"}')$$), 'MW422 longest_delay', 'delays upside down');
SELECT is(pg_temp.refusal($$update_channel(-1, '{}')$$), 'MW404', 'a channel that is none');
SELECT pg_temp.answers('POST', 'notifications/routes', format($$create_notification_route('{"name": "r", "channel_id": %s, "kinds": ["alarm"]}')$$, id)) FROM channel;
SELECT pg_temp.answers('GET', 'notifications/routes', 'list_notification_routes()');
SELECT pg_temp.answers('PATCH', 'notifications/routes/{id}', $$update_notification_route((SELECT id FROM relay.route WHERE name = 'r'), '{"severities": ["high"]}')$$);
SELECT is(pg_temp.refusal($$create_notification_route('{"name": "q", "channel_id": 999}')$$), 'MW422 channel_id', 'a channel that is none');
SELECT is(pg_temp.refusal(format($$create_notification_route('{"name": "r", "channel_id": %s}')$$, id)), 'MW409 name', 'a route''s name once') FROM channel;
SELECT pg_temp.answers('POST', 'notifications/test-slack-bot', 'test_slack()');
SELECT pg_temp.answers('POST', 'notifications/channels/{id}/test', format('test_channel(%s)', id)) FROM channel;
SELECT is(pg_temp.refusal('test_channel(-1)'), 'MW404', 'a test of none');
SELECT pg_temp.answers('GET', 'notifications/deliveries', 'list_deliveries()');
-- an answer may show what only the target's network should see: in the request of each role that may list deliveries
UPDATE relay.delivery SET last_status = 500, last_error = 'refused', last_answer = 'token=secret' WHERE id = (SELECT max(id) FROM relay.delivery);
CREATE FUNCTION pg_temp.last_delivery(role text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_answer jsonb;
BEGIN
    PERFORM set_config('role', role, true);
    v_answer := api.list_deliveries("limit" => 1) -> 'items' -> 0;
    PERFORM set_config('role', 'none', true);
    RETURN v_answer;
END $$;
SELECT is(pg_temp.last_delivery('admin') ->> 'last_answer', 'token=secret', 'an administrator sees what a target answered');
SELECT is(pg_temp.last_delivery('engineer') - 'last_answer', pg_temp.last_delivery('admin') - 'last_answer', 'an engineer sees all else of it');
SELECT is(pg_temp.last_delivery('engineer') -> 'last_answer', 'null', 'but not that');
SELECT is(position('secret' IN pg_temp.last_delivery('engineer')::text), 0, 'nowhere');
SELECT is(pg_temp.refusal(format('retry_delivery(%s)', max(id))), 'MW409', 'only dead letters are sent again') FROM relay.delivery;
UPDATE relay.delivery SET status = 'dead' WHERE id = (SELECT max(id) FROM relay.delivery);
SELECT pg_temp.answers('POST', 'notifications/deliveries/{id}/retry', format('retry_delivery(%s)', max(id))) FROM relay.delivery;
SELECT is(pg_temp.refusal('retry_delivery(-1)'), 'MW404', 'a delivery that is none');
SELECT pg_temp.answers('DELETE', 'notifications/routes/{id}', $$delete_notification_route((SELECT id FROM relay.route WHERE name = 'r'))$$);
SELECT pg_temp.answers('DELETE', 'notifications/channels/{id}', format('delete_channel(%s)', id)) FROM channel;
SELECT is(pg_temp.refusal('delete_channel(-1)') || pg_temp.refusal('delete_notification_route(-1)'), 'MW404MW404', 'deleting none');

-- administration
INSERT INTO ingest.quarantine (topic, payload, reason, received_at) VALUES ('x/y', '\x00ff41', 'not_utf8', now()), ('x/z', '5', 'no_decoder', now());
SELECT pg_temp.answers('GET', 'quarantine', 'list_quarantine()');
SELECT pg_temp.answers('POST', 'quarantine/replay', 'replay_quarantine(''x/%'')');
SELECT is(pg_temp.refusal('replay_quarantine(max_messages => 0)'), 'MW422 max_messages', 'replaying none');
SELECT pg_temp.answers('GET', 'settings', 'list_settings()');
SELECT pg_temp.answers('PATCH', 'settings/{name}', 'update_setting(''auth.self_registration'', ''false'')');
SELECT is(pg_temp.refusal('update_setting(''auth.self_registration'', ''"x"'')'), 'MW422 value', 'a value of another type');
SELECT is(pg_temp.refusal('update_setting(''no.such'', ''1'')'), 'MW404 name', 'a setting that is none');
SELECT alarm.judge_system('{connections_used}') \g /dev/null
SELECT pg_temp.answers('GET', 'alerts/system-conditions', 'list_system_conditions()');
SELECT pg_temp.answers('PATCH', 'alerts/system-conditions/{name}', $$update_system_condition('ingest_lag', '{"high": 60, "on_delay": "PT20S", "severity": "medium", "enabled": true, "name": "x"}')$$);
SELECT is((SELECT concat_ws(' ', name, high, on_delay, severity, updated_by <> session_user) FROM alarm.system_condition WHERE name = 'ingest_lag'), 'ingest_lag 60 00:00:20 medium t', 'it is changed, and whose doing that was');
SELECT is(pg_temp.refusal($$update_system_condition('ingest_lag', '{"high": -1}')$$), 'MW422 high', 'a limit that is none');
SELECT is(pg_temp.refusal($$update_system_condition('ingest_lag', '{"high": 1000}')$$), 'MW422 high_high', 'beyond the outer one');
SELECT is(pg_temp.refusal($$update_system_condition('ingest_lag', '{"severity": "awful"}')$$), 'MW422 severity', 'a severity that is none');
SELECT is(pg_temp.refusal($$update_system_condition('ingest_lag', '{"on_delay": "P40D"}')$$), 'MW422 on_delay', 'a delay without end');
SELECT is(pg_temp.refusal($$update_system_condition('ingest_lag', '{"measure": "pg_sleep"}')$$), 'MW422 measure', 'what is measured is no member');
SELECT is(pg_temp.refusal($$update_system_condition('no_such', '{"high": 1}')$$), 'MW404 name', 'a condition that is none');
-- components, lives, failures, work orders, costs
SELECT pg_temp.answers('POST', 'components', $$create_component('{"equipment_id": "press-1", "name": "spindle", "type": "bearing"}')$$);
SELECT pg_temp.answers('POST', 'component-lives', format($$create_component_life('{"component_id": %s, "installed_at": "2026-01-01"}')$$, (SELECT max(id) FROM plant.component)));
SELECT pg_temp.answers('POST', 'failures', format($$create_failure('{"equipment_id": "press-1", "component_id": %s, "failed_at": "2026-03-01", "down_from": "2026-03-01"}')$$, (SELECT max(id) FROM plant.component)));
SELECT pg_temp.answers('POST', 'work-orders', format($$create_work_order('{"equipment_id": "press-1", "title": "t", "component_id": %s, "failure_id": %s, "cost": 12.5}')$$,
    (SELECT max(id) FROM plant.component), (SELECT max(id) FROM plant.failure)));
SELECT pg_temp.answers('POST', 'costs', $$create_cost('{"equipment_id": "press-1", "failure": 10.01, "preventive": 2}')$$);
SELECT pg_temp.answers('GET', path, format('list_%s(equipment_id => ''press-1'')', replace(path, '-', '_'))) FROM unnest('{components,component-lives,failures,work-orders,costs}'::text[]) AS path;
SELECT pg_temp.answers('GET', x.path || '/{id}', format('get_%s(%s)', x.name, x.id)), pg_temp.answers('PATCH', x.path || '/{id}', format('update_%s(%s, %L)', x.name, x.id, x.change))
FROM (SELECT 'components', 'component', max(id), '{"type": "seal"}' FROM plant.component UNION ALL SELECT 'component-lives', 'component_life', max(id), '{"age_hours": 3}' FROM plant.component_life
      UNION ALL SELECT 'failures', 'failure', max(id), '{"cause": "overload"}' FROM plant.failure UNION ALL SELECT 'work-orders', 'work_order', max(id), '{"status": "in_progress"}' FROM plant.work_order
      UNION ALL SELECT 'costs', 'cost', max(id), '{"failure": 11}' FROM plant.cost) AS x (path, name, id, change);
SELECT pg_temp.answers('POST', 'work-orders/{id}/close', format($$close_work_order(%s, '{"finding": "failed", "replaced": true, "done_at": "2026-03-02"}')$$, (SELECT max(id) FROM plant.work_order)));
SELECT pg_temp.answers('POST', 'component-lives/import', $$import_lives('{"csv": "equipment_id,component,installed_at\nnope,x,2026-01-01\npress-1,x,2026-01-01"}')$$);
SELECT pg_temp.answers('DELETE', 'costs/{id}', format('delete_cost(%s)', (SELECT max(id) FROM plant.cost)));

-- trainings: the queue, and what becomes of a bundle
SELECT pg_temp.answers('GET', 'training/kinds', 'list_training_kinds()');
SELECT ml.queue_training('autoencoder', '{"equipment_id": "press-1", "power": "2.2kW", "model_version": "v11"}') AS training \gset
SELECT pg_temp.answers('GET', 'training/jobs', 'list_training_jobs()'), pg_temp.answers('GET', 'training/jobs/{id}', format('get_training_job(%s)', :training));
SELECT ml.finish_training(c.id, 'w', 'press-1/2.2kW/v11', '{"f1_score": 0.9}', '{"seed": 1}') FROM ml.claim_training('w', '{autoencoder}') AS c \g /dev/null
INSERT INTO ml.serve_ml_models (equipment_id, power, model_version, bundle_path) VALUES ('press-1', '2.2kW', 'v11', 'press-1/2.2kW/v11');
SELECT ml.place_trained() \g /dev/null
SELECT pg_temp.answers('GET', 'serve-ml/models/{equipment_id}/{power}/versions/{model_version}/card', 'get_model_card(''press-1'', ''2.2kW'', ''v11'')');
SELECT ml.finish_backtest(ml.begin_backtest('press-1', '2.2kW', 'v11', now() - INTERVAL '1 day', now() + INTERVAL '1 day')) \g /dev/null
SELECT pg_temp.answers('GET', 'serve-ml/models/{equipment_id}/{power}/versions/{model_version}/backtest', 'get_backtest(''press-1'', ''2.2kW'', ''v11'')');
SELECT pg_temp.answers('POST', 'serve-ml/models/{equipment_id}/{power}/challenger/review', 'review_challenger(''press-1'', ''2.2kW'')');
SELECT pg_temp.answers('GET', 'serve-ml/reviews', 'list_challenger_reviews()');
SELECT is(pg_temp.refusal('promote_challenger(''press-1'', ''2.2kW'')'), 'MW409 reason', 'nobody has seen it work');
SELECT pg_temp.answers('POST', 'serve-ml/models/{equipment_id}/{power}/challenger/promote', 'promote_challenger(''press-1'', ''2.2kW'', ''we know it'')');
SELECT ml.queue_training('autoencoder', '{"equipment_id": "press-1"}') AS training \gset
SELECT pg_temp.answers('DELETE', 'training/jobs/{id}', format('cancel_training_job(%s)', :training));

SELECT pg_temp.answers('POST', 'auth/password', 'change_password(''first-password'', ''second-password'')');
SELECT pg_temp.answers('POST', 'auth/logout', 'logout()');
SELECT pg_temp.answers('DELETE', 'auth/session', 'end_browser_session()');

SELECT is_empty($$ SELECT r.method, r.path FROM api.route AS r WHERE r.function IS NOT NULL EXCEPT SELECT * FROM called $$, 'every endpoint was called here');
SELECT is_empty($$ SELECT a FROM unnest(ARRAY['equipment.create', 'equipment.update', 'equipment.delete', 'sensor.create', 'sensor.update', 'sensor.delete', 'rule.create',
    'rule.update', 'rule.delete', 'rule.rollback', 'maintenance.create', 'channel.create', 'channel.delete', 'setting.update', 'system_condition.update', 'model.alias', 'model.promote', 'training.queue', 'training.cancel', 'user.update', 'api_key.create', 'api_key.revoke',
    'session.login', 'session.logout', 'user.change_password', 'quarantine.replay', 'delivery.retry']) AS a EXCEPT SELECT action FROM auth.audit_entry $$,
    'every change left its entry in the trail');

SELECT * FROM finish();
ROLLBACK;
