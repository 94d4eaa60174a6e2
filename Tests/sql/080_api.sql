-- Routes and grants, schemas, errors, idempotency, OpenAPI.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;

-- routes and functions agree
SELECT is_empty($$ SELECT r.method, r.path, r.function FROM api.route AS r WHERE r.function IS NOT NULL AND to_regproc(r.function) IS NULL $$,
    'every function that a route names exists, once');
SELECT is_empty($$
    SELECT r.function, r.minimum_role, m.role FROM api.route AS r
    JOIN LATERAL (
        SELECT x.role FROM (VALUES ('anonymous', 1), ('viewer', 2), ('operator', 3), ('engineer', 4), ('admin', 5)) AS x (role, rank)
        WHERE has_function_privilege(x.role, to_regproc(r.function)::oid, 'EXECUTE') ORDER BY x.rank LIMIT 1
    ) AS m ON true
    WHERE r.function IS NOT NULL AND m.role <> r.minimum_role $$, 'minimum_role is the least role that may EXECUTE the function');
SELECT is_empty($$
    SELECT r.function, x.role FROM api.route AS r
    JOIN (VALUES ('anonymous', 1), ('viewer', 2), ('operator', 3), ('engineer', 4), ('admin', 5)) AS x (role, rank)
        ON x.rank >= auth.role_rank(r.minimum_role)
    WHERE r.function IS NOT NULL AND NOT has_function_privilege(x.role, to_regproc(r.function)::oid, 'EXECUTE') $$,
    'every higher role may call it, too');
SELECT is_empty($$
    SELECT p.oid::regprocedure FROM pg_proc AS p
    WHERE p.pronamespace IN ('api'::regnamespace, 'auth'::regnamespace) AND p.prorettype <> 'trigger'::regtype
        AND has_function_privilege('viewer', p.oid, 'EXECUTE')
        AND NOT EXISTS (SELECT FROM api.route AS r WHERE r.function = p.pronamespace::regnamespace || '.' || p.proname)
        AND NOT EXISTS (SELECT FROM api.response_shape AS s WHERE s.function = p.pronamespace::regnamespace || '.' || p.proname)
        AND p.oid::regprocedure::text <> ALL (ARRAY['api.iso(timestamp with time zone)', 'api.idempotency_begin(text,text)',
            'api.idempotency_finish(text,integer,jsonb)', 'api.openapi()', 'auth.account_id()', 'auth.actor()', 'auth.caller_is(text)',
            'auth.caller_role()', 'auth.may_act_for_others()', 'auth.request_member(text)', 'auth.role_rank(text)']) $$,
    'a viewer may call what has a route, and a few helpers');
SELECT is_empty($$
    SELECT p.oid::regprocedure FROM pg_proc AS p JOIN api.route AS r ON r.function = p.pronamespace::regnamespace || '.' || p.proname
    WHERE NOT p.prosecdef OR p.prorettype <> 'jsonb'::regtype OR p.proowner <> 'millwright'::regrole $$,
    'endpoint functions return jsonb and run as their owner, millwright');
SELECT is_empty($$
    SELECT r.method, r.path, m[1] FROM api.route AS r CROSS JOIN LATERAL regexp_matches(r.path, '[{]([a-z_]+)[}]', 'g') AS m
    WHERE r.function IS NOT NULL AND m[1] NOT IN (SELECT a.name FROM api.openapi_arguments(r.function) AS a) $$, 'every {member} of a path is an argument');
SELECT is_empty($$
    SELECT r.method, r.path FROM api.route AS r WHERE r.body_argument IS NOT NULL AND r.body_argument NOT IN (SELECT a.name FROM api.openapi_arguments(r.function) AS a WHERE a.type = 'jsonb') $$,
    'the argument for the whole body exists and is jsonb');
SELECT is_empty($$ SELECT r.method, r.path FROM api.route AS r WHERE r.method = 'GET' AND r.function IS NOT NULL
    AND (SELECT p.provolatile FROM pg_proc AS p WHERE p.oid = to_regproc(r.function)) = 'v' $$, 'a GET changes nothing');
SELECT is_empty($$ SELECT r.method, r.path FROM api.route AS r WHERE r.success_status NOT IN (101, 204) AND r.response_schema IS NULL $$,
    'every answer has a schema');
SELECT is_empty($$ SELECT e FROM (SELECT unnest(errors) AS e FROM api.route) AS x WHERE e NOT IN (SELECT code FROM api.sqlstate_http) $$,
    'every error that a route names has a row');
SELECT throws_ok($$ INSERT INTO api.route (method, path, area, minimum_role, summary, function, handler) VALUES ('GET', '/x', 't', 'viewer', 's', 'api.me', 'h') $$,
    '23514', NULL, 'a route has a function or a handler');
SELECT throws_ok($$ INSERT INTO api.route (method, path, area, minimum_role, summary) VALUES ('GET', '/x', 't', 'viewer', 's') $$, '23514', NULL, 'and not neither');
SELECT is((SELECT arguments -> 0 FROM api.route_catalog WHERE method = 'GET' AND path = '/api/v1/equipment/{id}'),
    '{"name": "id", "type": "text", "has_default": false}', 'the catalog shows arguments');
SELECT is((SELECT jsonb_path_query_first(arguments, '$[*] ? (@.name == "limit")') FROM api.route_catalog WHERE function_name = 'list_sensors'),
    '{"name": "limit", "type": "integer", "has_default": true}', 'with their defaults');

-- thin: an authenticator that may begin, and nothing else by itself
SET SESSION AUTHORIZATION thin;
SELECT ok((SELECT count(*) > 50 FROM api.route_catalog), 'thin reads the routes');
SELECT ok((SELECT count(*) > 20 FROM api.sqlstate_http), 'and the errors');
SELECT throws_ok('SELECT api.list_users()', '42501', NULL, 'but calls nothing as itself');
SELECT throws_ok('SELECT * FROM auth.account', '42501', NULL, 'nor reads accounts');
SET ROLE admin;
SELECT throws_ok('SELECT * FROM auth.account', '42501', NULL, 'nor does an administrator, but through functions');
SELECT throws_ok('SELECT * FROM auth.session', '42501', NULL, 'sessions');
SELECT throws_ok('DELETE FROM auth.audit_entry', '42501', NULL, 'or the trail');
RESET ROLE;
RESET SESSION AUTHORIZATION;

-- who may what: a sample of each step
CREATE FUNCTION pg_temp.sqlstate_of(p_role text, p_sql text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('role', p_role, true);
    EXECUTE p_sql;
    PERFORM set_config('role', 'none', true);
    RETURN 'ok';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
SELECT is(array_agg(pg_temp.sqlstate_of(r.role, m.sql) ORDER BY auth.role_rank(r.role)), m.expected::text[], m.sql)
FROM (VALUES
    ('SELECT api.list_equipment()', '{42501,ok,ok,ok,ok}'),
    ('SELECT api.acknowledge_alert(-1)', '{42501,42501,MW404,MW404,MW404}'),
    ('SELECT api.store_sensor_data(''{}'')', '{42501,42501,MW422,MW422,MW422}'),
    ('SELECT api.create_equipment(''{}'')', '{42501,42501,42501,MW422,MW422}'),
    ('SELECT api.create_rule(''{}'')', '{42501,42501,42501,MW422,MW422}'),
    ('SELECT api.list_users()', '{42501,42501,42501,42501,ok}'),
    ('SELECT api.update_setting(''no.such'', ''1'')', '{42501,42501,42501,42501,MW404}'),
    ('SELECT api.list_system_conditions()', '{42501,ok,ok,ok,ok}'),
    ('SELECT api.list_plant_overview()', '{42501,ok,ok,ok,ok}'),
    ('SELECT api.list_words()', '{42501,ok,ok,ok,ok}'),
    ('SELECT api.list_severities()', '{42501,ok,ok,ok,ok}'),
    ('SELECT api.list_equipment_limits(''x'')', '{42501,ok,ok,ok,ok}'),
    ('SELECT api.list_alert_comments(''x'')', '{42501,ok,ok,ok,ok}'),
    ('SELECT api.update_system_condition(''no.such'', ''{}'')', '{42501,42501,42501,MW404,MW404}'),
    ('SELECT count(*) FROM report.current_value', '{42501,ok,ok,ok,ok}'),
    ('SELECT count(*) FROM sensor_data', '{42501,ok,ok,ok,ok}')
) AS m (sql, expected)
CROSS JOIN (VALUES ('anonymous'), ('viewer'), ('operator'), ('engineer'), ('admin')) AS r (role)
GROUP BY m.sql, m.expected;

-- schemas hold what tables and endpoints know
SELECT is_empty($$
    (SELECT s.component, a.attname::text FROM (VALUES ('Equipment', 'plant.equipment'), ('Sensor', 'plant.sensor'), ('Maintenance', 'plant.maintenance'),
            ('Component', 'plant.component'), ('ComponentLife', 'plant.component_life'), ('Failure', 'plant.failure'), ('WorkOrder', 'plant.work_order'), ('Cost', 'plant.cost'),
            ('Rule', 'alarm.rule'), ('Channel', 'relay.channel'), ('NotificationRoute', 'relay.route')) AS s (component, relation)
        JOIN pg_attribute AS a ON a.attrelid = s.relation::regclass AND a.attnum > 0 AND NOT a.attisdropped
    EXCEPT
    SELECT c.name, k FROM api.schema_component AS c CROSS JOIN LATERAL jsonb_object_keys(c.definition -> 'properties') AS k) $$,
    'every column of a table is a member of its schema');
SELECT is_empty($$
    SELECT c.name, r[1] FROM api.schema_component AS c
    CROSS JOIN LATERAL regexp_matches(c.definition::text, '#/components/schemas/([A-Za-z0-9]+)', 'g') AS r
    WHERE r[1] NOT IN (SELECT name FROM api.schema_component) $$, 'every $ref has a component');
SELECT results_eq(format($$ SELECT e.member, e.message FROM api.schema_errors(%L, %L, '') AS e ORDER BY 1 $$, v.value, v.schema),
    format('SELECT * FROM (VALUES %s) AS x (a, b) ORDER BY 1', v.expected), v.what)
FROM (VALUES
    ('{"a": 1, "b": "x", "c": [1, "2"], "z": 0}',
        '{"type": "object", "required": ["a", "d"], "additionalProperties": false, "properties": {"a": {"type": "string"}, "b": {"enum": ["y"]}, "c": {"items": {"type": "integer"}}}}',
        $$('a', 'must be string'), ('b', 'must be one of y'), ('c[1]', 'must be integer'), ('d', 'is required'), ('z', 'is not a member that this endpoint knows')$$,
        'every wrong member is named'),
    ('{"n": 1.5, "m": 1e400, "s": "", "d": "2024-02-30", "t": "now", "u": "31 days of"}',
        '{"properties": {"n": {"type": "integer"}, "m": {"type": "number"}, "s": {"minLength": 1}, "d": {"format": "date"}, "t": {"format": "date-time"}, "u": {"format": "duration"}}}',
        $$('n', 'must be integer'), ('m', 'is too large'), ('s', 'must have at least 1 characters'), ('d', 'must be a date (YYYY-MM-DD)'), ('t', 'must be a time in ISO 8601'),
        ('u', 'must be a duration (PT30S, or 30 seconds)')$$, 'numbers, lengths and formats')
) AS v (value, schema, expected, what);
SELECT throws_ok($$ SELECT api.check_body(NULL, 'EquipmentCreate') $$, 'MW422', 'the body must be object', 'no body');
SELECT throws_ok($$ SELECT api.check_body('[]', 'EquipmentCreate') $$, 'MW422', NULL, 'an array instead of an object');
SELECT is(api.check_body('{"name": "n", "created_at": 5}', 'EquipmentCreate'), '{"name": "n"}', 'what only the server sets is left out');

-- cursors
SELECT is(api.decode_cursor(api.encode_cursor('2026-01-01T00:00:00Z', '5'), '{timestamptz,integer}'), '{2026-01-01T00:00:00Z,5}'::text[], 'a cursor comes back');
SELECT throws_ok(format('SELECT api.decode_cursor(%L, %L)', c, '{bigint}'), 'MW400', NULL, 'not a cursor: ' || left(c, 20))
FROM unnest(ARRAY['', 'x', '%%%', 'WyJ4Il0', 'W10', 'bnVsbA', 'WyIxIiwiMiJd', repeat('A', 5000), '장비']) AS c;
-- what reads as the type but was never given out
SELECT throws_ok(format('SELECT api.decode_cursor(%L, %L)', api.encode_cursor(VARIADIC c::text[]), '{timestamptz,bigint}'), 'MW400', NULL, 'no list gave out ' || c)
FROM unnest(ARRAY['{infinity,5}', '{-infinity,5}', '{now,5}', '{epoch,5}', '{"2026-01-01 Europe/Berlin",5}', '{2026-01-01,5}', '{294276-12-31T00:00:00Z,5}',
    '{2026-01-01T00:00:00Z," 5"}', '{2026-01-01T00:00:00Z,0x5}', '{2026-01-01T00:00:00Z,1_000}', '{2026-01-01T00:00:00Z,9223372036854775808}',
    '{2026-01-01T00:00:00Z,NULL}', '{2026-01-01T00:00:00Z}']) AS c;
SELECT throws_ok(format('SELECT api.decode_cursor(%L, %L)', c, '{bigint}'), 'MW400', NULL, 'the same position, spelt otherwise: ' || to_json(c))
FROM unnest(ARRAY[api.encode_cursor('5') || '=', api.encode_cursor('5') || E'\n', translate(encode('["5" ]', 'base64'), '=', ''), rtrim(encode('[5]', 'base64'), '=')]) AS c;
SELECT throws_ok(format('SELECT api.list_equipment(cursor => %L)', c), 'MW400', NULL, 'not the id of a machine: ' || to_json(left(c, 20)))
FROM unnest(ARRAY['', ' ', '_x', 'a b', repeat('x', 65), 'é!', E'\n']) AS c;

-- durations and times that would break the first sum
SELECT is((SELECT string_agg(e.message, '; ') FROM api.schema_errors(to_jsonb(v.text), v.schema, 'd') AS e), v.expected, v.schema ->> 'format' || ' ' || v.text)
FROM (SELECT '{"format": "duration"}'::jsonb, t, e FROM (VALUES
        ('178000000 years', 'must be at most 100 years'), ('infinity', 'must be at most 100 years'), ('101 years', 'must be at most 100 years'),
        ('-1 day', 'must be at least 0 s'), ('-infinity', 'must be at least 0 s'), ('P1D', NULL), ('100 years', NULL), ('1 month -1 day', NULL)) AS x (t, e)
    UNION ALL SELECT '{"format": "date-time"}', t, CASE WHEN NOT f THEN 'must be a time in ISO 8601' END FROM (VALUES
        ('infinity', false), ('epoch', false), ('2026-01-01 BC', false), ('2026-01-01T00:00:00Z BC', false), ('2026-01-01 Asia/Seoul', false),
        ('294277-01-01', false), ('20260101', false), ('2026-01-01T25:00:00Z', false), ('2026-01-01', true), ('2026-01-01T08:00:00.5+09:00', true)) AS x (t, f)
) AS v (schema, text, expected);
SELECT is((SELECT string_agg(e.message, '; ') FROM api.schema_errors(v.value::jsonb, '{"type": ["string", "number"], "format": "duration", "minimum": 1}', 'd') AS e), v.expected, 'seconds ' || v.value)
FROM (VALUES ('5', NULL), ('1e300', 'must be at most 3155760000.000000'), ('0', 'must be at least 1'), ('"PT0.5S"', 'must be at least 1 s')) AS v (value, expected);
SELECT throws_ok(format('SELECT api.page_limit(%s)', l), 'MW422', NULL, 'limit ' || l) FROM unnest(ARRAY['0', '-1', '1001', 'NULL']) AS l;

-- Idempotency-Key
SELECT is(api.idempotency_begin('k1', 'f1'), NULL, 'a new key');
SELECT lives_ok($$ SELECT api.idempotency_finish('k1', 201, '{"id": 1}') $$, 'its answer is kept');
SELECT is(api.idempotency_begin('k1', 'f1'), '{"status": 201, "body": {"id": 1}}', 'and comes back');
SELECT throws_ok($$ SELECT api.idempotency_begin('k1', 'f2') $$, 'MW422', NULL, 'for the same request only');
SELECT throws_ok($$ SELECT api.idempotency_begin('', 'f2') $$, 'MW400', NULL, 'an empty key');
SELECT throws_ok($$ SELECT api.idempotency_begin(repeat('k', 256), 'f2') $$, 'MW400', NULL, 'a long key');
UPDATE api.idempotency SET created_at = now() - INTERVAL '25 hours';
SELECT is(api.idempotency_begin('k1', 'f2'), NULL, 'after a day the key is free');
SELECT is((SELECT set_config('millwright.address', '10.0.0.9', true) IS NOT NULL AND api.idempotency_owner() = 'address:10.0.0.9'), true, 'keys belong to who sent them');
SELECT ok(auth.purge_expired() >= 1, 'old answers are purged');

-- SQLSTATE to HTTP
CREATE FUNCTION pg_temp.status_of(p_state text) RETURNS integer LANGUAGE sql AS $$
    SELECT status FROM api.sqlstate_http WHERE p_state LIKE pattern ORDER BY length(pattern) DESC, pattern LIKE '%\%' LIMIT 1 $$;
SELECT is(pg_temp.status_of(s.state), s.status, s.state)
FROM (VALUES ('MW400', 400), ('MW401', 401), ('MW403', 403), ('MW404', 404), ('MW409', 409), ('MW413', 413), ('MW422', 422), ('MW429', 429), ('MW503', 503),
    ('22P02', 422), ('22003', 422), ('22021', 422), ('23505', 409), ('23503', 409), ('23514', 422), ('23502', 422), ('42501', 403), ('57014', 504), ('53300', 503),
    ('40001', 503), ('40P01', 503), ('08006', 503), ('42P01', 500), ('XX000', 500)) AS s (state, status);

-- OpenAPI
CREATE TEMPORARY TABLE document AS SELECT api.openapi() AS d;
SELECT is(d ->> 'openapi', '3.1.0', 'OpenAPI 3.1') FROM document;
SELECT is((SELECT sum((SELECT count(*) FROM jsonb_object_keys(p.value)))::bigint FROM document, jsonb_each(d -> 'paths') AS p),
    (SELECT count(*) + 1 FROM api.route_catalog), 'every route, under each of its paths, and /health') FROM document;
SELECT is_empty($$ SELECT r[1] FROM document CROSS JOIN LATERAL regexp_matches(d::text, '"\$ref": "#/([^"]+)"', 'g') AS r WHERE d #> string_to_array(r[1], '/') IS NULL $$,
    'every $ref leads somewhere');
SELECT is_empty($$ SELECT o.value ->> 'operationId' FROM document, jsonb_each(d -> 'paths') AS p, jsonb_each(p.value) AS o GROUP BY 1 HAVING count(*) > 1 OR min(o.value ->> 'operationId') IS NULL $$,
    'operation ids are unique');
SELECT is_empty($$ SELECT p.key, o.key FROM document, jsonb_each(d -> 'paths') AS p, jsonb_each(p.value) AS o
    WHERE NOT o.value ?& ARRAY['summary', 'description', 'tags', 'responses'] OR NOT jsonb_path_exists(o.value, '$.responses.keyvalue() ? (@.key like_regex "^[12]")') $$,
    'every operation says what it does and what it answers');
SELECT is_empty($$ SELECT p.key, m[1] FROM document, jsonb_each(d -> 'paths') AS p, jsonb_each(p.value) AS o, regexp_matches(p.key, '[{]([a-z_]+)[}]', 'g') AS m
    WHERE NOT jsonb_path_exists(o.value, '$.parameters[*] ? (@.in == "path" && @.required == true && @.name == $n)', jsonb_build_object('n', m[1])) $$,
    'every member of a path is a required parameter');
SELECT is_empty($$ SELECT c.name FROM api.schema_component AS c WHERE c.definition ? 'example' AND EXISTS (SELECT FROM api.schema_errors(c.definition -> 'example', c.definition, '')) $$,
    'every example fits its schema');
SELECT ok(length(d::text) < 1000000, 'the document is of a sensible size') FROM document;

SELECT * FROM finish();
ROLLBACK;
