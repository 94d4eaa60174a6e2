-- Rules written in SQL: what they see, what they cannot do, and that one which fails or takes too long harms nothing else.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
INSERT INTO plant.equipment (id, name, specifications) VALUES ('e-1', 'e', '{"limit": 5}'), ('e-2', 'e', '{"limit": 9}'), ('e-3', 'e', '{}');
INSERT INTO plant.sensor (equipment_id, name, type) SELECT e, n, 'current' FROM unnest('{e-1,e-2}'::text[]) AS e, unnest('{a,b}'::text[]) AS n;
CREATE FUNCTION pg_temp.at(seconds float8) RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz '2026-01-01 00:00Z' + make_interval(secs => seconds) $$;
CREATE FUNCTION pg_temp.give(equipment text, sensor text, seconds float8, value float8) RETURNS void LANGUAGE sql AS $$
    UPDATE telemetry.latest AS l SET time = pg_temp.at(seconds), value = give.value FROM plant.sensor AS s WHERE s.id = l.sensor_id AND s.equipment_id = equipment AND s.name = sensor $$;
CREATE FUNCTION pg_temp.judge(seconds float8) RETURNS integer LANGUAGE sql AS $$ SELECT alarm.judge_expressions(pg_temp.at(seconds) + ops.setting_interval('alarm.tick_grace')) $$;
CREATE FUNCTION pg_temp.rule(name text, sql text, high float8 DEFAULT 1) RETURNS bigint LANGUAGE sql AS $$
    SELECT alarm.create_rule(jsonb_build_object('name', name, 'condition', 'expression', 'high', high, 'select_equipment', '["e-?"]'::jsonb, 'parameters', jsonb_build_object('sql', sql))) $$;
-- what a write of this SQL is answered with
CREATE FUNCTION pg_temp.answer(sql text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_temp.rule('tried', sql);
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
-- what its evaluation gives, as if no write had ever been checked
CREATE FUNCTION pg_temp.run(sql text) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(e.sqlstate, e.value::text) FROM alarm.evaluate_expression(alarm.expression_query(jsonb_build_object('sql', sql)), '{e-1}', ARRAY['{"a": 3}'::jsonb], ARRAY[now()]) AS e $$;
CREATE FUNCTION pg_temp.story(rule text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s %s@%s %s', a.equipment_id, t.kind, round(extract(epoch FROM t.occurred_at - pg_temp.at(0))), round(t.value::numeric, 3)), '; ' ORDER BY a.equipment_id, t.id)
    FROM alarm.transition AS t JOIN alarm.alarm AS a ON a.id = t.alarm_id WHERE a.code = rule $$;
CREATE FUNCTION pg_temp.failing() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s %s', a.code, a.data ->> 'sqlstate'), ', ' ORDER BY a.code) FROM alarm.alarm AS a WHERE a.code LIKE 'expression:%' AND a.active $$;

-- what it sees
SELECT pg_temp.give(e, n, 10, v) FROM (VALUES ('e-1', 'a', 3), ('e-1', 'b', 4), ('e-2', 'a', 3), ('e-2', 'b', 12)) AS x (e, n, v);
SELECT pg_temp.rule('values', '(sensors ->> ''a'')::float8 + (sensors ->> ''b'')::float8', 10) > 0 AS made,
       pg_temp.rule('own limit', '(sensors ->> ''b'')::float8 - (SELECT (q.specifications ->> ''limit'')::float8 FROM plant.equipment AS q WHERE q.id = equipment_id)', 0) > 0 AS made,
       pg_temp.rule('few readings', 'CASE WHEN (SELECT count(*) FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id WHERE s.equipment_id = machine.equipment_id AND r.time > at - INTERVAL ''1 minute'') < 2 THEN 2 END') > 0 AS made \g /dev/null
INSERT INTO telemetry.reading (time, value, sensor_id) SELECT pg_temp.at(0), 1, s.id FROM plant.sensor AS s WHERE s.equipment_id = 'e-1';
SELECT pg_temp.judge(20) \g /dev/null
SELECT is(pg_temp.story('values'), 'e-2 raised@20 15.000', 'latest values by the names of the sensors');
SELECT is(pg_temp.story('own limit'), 'e-2 raised@20 3.000', 'a subquery, each machine its own');
SELECT is(pg_temp.story('few readings'), 'e-2 raised@20 2.000; e-3 raised@20 2.000', 'also machines that have no value; NULL is no judgement');
SELECT pg_temp.judge(70) \g /dev/null
SELECT is(pg_temp.story('few readings'), 'e-1 raised@70 2.000; e-2 raised@20 2.000; e-3 raised@20 2.000', '"at" goes on without new values');
SELECT pg_temp.give('e-2', 'b', 80, 1);
SELECT pg_temp.judge(90) \g /dev/null
SELECT is(pg_temp.story('values'), 'e-2 raised@20 15.000; e-2 cleared@90 4.000', 'and back');
SELECT is((SELECT count(*) FROM alarm.expression_run WHERE failures = 0 AND error IS NULL AND duration IS NOT NULL), 3::bigint, 'the table says how each went');
DELETE FROM alarm.rule WHERE condition = 'expression';

-- readable as the role: all that reports are made of
SELECT is(pg_temp.run(format('(SELECT count(*) FROM %I.%I) * 0', n.nspname, c.relname)), '{0}', format('%s.%s is readable', n.nspname, c.relname))
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN ('plant', 'telemetry', 'rollup', 'ml', 'report') AND c.relkind IN ('r', 'v', 'm')
  AND c.oid <> 'report.storage'::regclass -- asks the edition
ORDER BY n.nspname, c.relname;

-- refused at write, with what the server says
SELECT matches(pg_temp.answer(x.sql), '^MW422 ' || x.says, x.what) FROM (VALUES
    ('no SQL', 'a +', '.*syntax error'), ('a name that is none', 'temperature * 2', '.*column "temperature" does not exist'),
    ('no number', '''abc''', '.*invalid input syntax'), ('an array', 'ARRAY[1]', '.*cannot cast'), ('a set', 'generate_series(1, 3)', '.*set-returning'),
    ('an aggregate of the machines', 'max(equipment_id)::float8', '.*GROUP BY'),
    ('nothing', ' ', '.*not one plain'), ('4001 characters', repeat('1', 4001), '.*longer'),
    ('two statements', '1; DELETE FROM alarm.rule', '.*not one plain'), ('two statements, parenthesis closed', '1)::float8; DELETE FROM alarm.rule; SELECT (1', '.*not one plain'),
    ('the parenthesis closed', '1) FROM plant.sensor, (SELECT 2', '.*parentheses'), ('two columns', '1), (2', '.*parentheses'), ('an open parenthesis', '(1', '.*parentheses'),
    ('a comment', '1 -- ', '.*not one plain'), ('a long comment', '1 /* ) */', '.*not one plain'), ('a dollar', '$1', '.*not one plain'),
    ('an open quote', '1 || ''', '.*not one plain'), ('escapes', 'length(E''\'''')', '.*not one plain'), ('unicode escapes', 'U&"pg\005fnotify"(''a'', ''b'')::text::float8', '.*not one plain'),
    ('a delete inside', '(WITH d AS (DELETE FROM plant.sensor RETURNING 1) SELECT count(*) FROM d)', '.*data-modifying'),
    ('secrets', '(SELECT count(*) FROM auth.user_account)', '.*permission denied'), ('channels', '(SELECT count(*) FROM relay.channel)', '.*permission denied'),
    ('settings', '(SELECT count(*) FROM ops.setting)', '.*permission denied'), ('passwords', '(SELECT count(*) FROM pg_authid)', '.*permission denied'),
    ('files', 'length(pg_read_file(''postgresql.conf''))', '.*'), ('our functions', 'alarm.judge_derived()', '.*'), ('its own evaluator', '(alarm.evaluate_expression(''SELECT 1'', ''{}'', ''{}'', ''{}'')).failed', '.*permission denied')
) AS x (what, sql, says);
SELECT is(pg_temp.answer(f), 'MW422 parameters.sql must not call ' || lower(replace(split_part(f, '(', 1), '"', '')) || '()', f) FROM unnest(ARRAY[
    'pg_sleep(1)::text::float8', 'lo_create(0)::text::float8', 'pg_advisory_lock(1)::text::float8', 'set_config(''statement_timeout'', ''0'', false)::float8',
    'pg_notify(''millwright_routes'', '''')::text::float8', '"pg_notify"(''a'', ''b'')::text::float8', 'PG_Notify(''a'', ''b'')::text::float8',
    'nextval(''plant.sensor_id_seq'')', 'random()', 'pg_terminate_backend(1)::integer', 'pg_cancel_backend(1)::integer']) AS f;
SELECT is(pg_temp.answer('length(query_to_xml(''SELECT pg_notify(''''a'''', ''''b'''')'', true, true, '''')::text)'), 'MW422 parameters.sql must not call query_to_xml()', 'SQL in a string');
SELECT is(pg_temp.answer('_timescaledb_functions.stop_background_workers()::integer'), 'MW422 parameters.sql must not call stop_background_workers()', 'what an extension gives everybody');
SELECT is(pg_temp.answer('length(''a; -- ) pg_notify('')::float8'), 'accepted', 'what stands in a string is no code');
DELETE FROM alarm.rule WHERE name = 'tried';
SELECT throws_ok(format('SELECT alarm.create_rule(%L)', '{"name": "x", "condition": "expression", "high": 1, "parameters": ' || p || '}'), 'MW422', NULL, p)
FROM unnest(ARRAY['{}', '{"sql": "1", "expression": "a"}', '{"sql": 1}', '{"sql": null}']) AS p;
SELECT throws_ok($$SELECT alarm.try_rule('{"condition": "expression", "high": 1, "parameters": {"sql": "(SELECT count(*) FROM auth.user_account)"}}', '[[0, 1]]')$$, 'MW422', NULL, 'nor is it planned otherwise');

-- refused when it runs, should a check ever let it pass: the role, the read-only transaction, the STABLE function
SELECT is(pg_temp.run(x.sql), x.sqlstate, x.what) FROM (VALUES
    ('secrets', '(SELECT count(*) FROM auth.user_account)', '42501'), ('large objects', 'lo_create(0)::bigint', '42501'), ('read-write again', 'length(set_config(''transaction_read_only'', ''off'', true))', '25001'),
    ('another role', 'length(set_config(''role'', ''millwright'', false))', '42501'), ('a sequence', 'nextval(''alarm.alarm_id_seq'')', '42501'), ('a delete', '1)::float8 END AS value FROM plant.sensor) AS machine(ordinal, value); DELETE FROM plant.sensor', '42601'),
    ('other sessions', 'pg_terminate_backend(pg_backend_pid())::integer', '42501'), ('files', 'length(pg_read_file(''postgresql.conf''))', '42501')
) AS x (what, sql, sqlstate);
SELECT is(current_setting('transaction_read_only'), 'off', 'the transaction around it writes on');
SELECT is((SELECT e.sqlstate FROM alarm.evaluate_expression('DELETE FROM plant.sensor', '{e-1}', '{"{}"}', ARRAY[now()]) AS e), '0A000', 'no statement that writes');
SELECT is((SELECT string_agg(DISTINCT p.oid::regprocedure::text, ', ') FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
           WHERE n.nspowner = 'millwright'::regrole AND has_schema_privilege('alarm_expression', n.oid, 'USAGE') AND has_function_privilege('alarm_expression', p.oid, 'EXECUTE')
             AND p.prorettype <> 'trigger'::regtype AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = p.oid AND d.deptype = 'e') AND p.proname !~ '^_|tap|^(is|ok|has|plan|diag|finish)' AND n.nspname <> 'public'
             -- what the views call they call as their reader; such a function cannot write
             AND NOT (p.provolatile <> 'v' AND EXISTS (SELECT FROM pg_depend AS d WHERE d.refclassid = 'pg_proc'::regclass AND d.refobjid = p.oid AND d.classid = 'pg_rewrite'::regclass))
             ), NULL, 'no function of ours is within its reach, but what its views call');
SELECT is((SELECT string_agg(c.oid::regclass::text, ', ') FROM pg_class AS c WHERE c.relkind IN ('r', 'v', 'S') AND c.relpersistence = 'p' AND c.oid <> 'pg_settings'::regclass AND has_table_privilege('alarm_expression', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')), NULL, 'no table is');
SELECT is((SELECT rolcanlogin OR rolsuper OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = 'alarm_expression'), false, 'nobody logs in as it');
SELECT ok(NOT has_schema_privilege('alarm_expression', n.nspname, 'CREATE'), 'nothing is created in ' || n.nspname) FROM pg_namespace AS n WHERE n.nspowner = 'millwright'::regrole;

-- one that fails
SELECT pg_temp.rule('good', '2') > 0 AS made, pg_temp.rule('bad', '1 / (length(equipment_id) - 3)') > 0 AS made, pg_temp.rule('bad in part', '2 / ((sensors ->> ''a'')::float8 - 3)') > 0 AS made \g /dev/null
SELECT pg_temp.give('e-1', 'a', 100, 4);
SELECT pg_temp.judge(110) \g /dev/null
SELECT is(pg_temp.failing(), 'expression:bad 22012, expression:bad in part 22012', 'raises a system alarm with its SQLSTATE');
SELECT matches((SELECT a.data ->> 'text' FROM alarm.alarm AS a WHERE a.code = 'expression:bad in part' AND a.active), '^on 1 of 3 machines: division by zero', 'and message');
SELECT is(pg_temp.story('good') || ' | ' || pg_temp.story('bad in part'), 'e-1 raised@110 2.000; e-2 raised@110 2.000; e-3 raised@110 2.000 | e-1 raised@110 2.000', 'and disables nothing else, not even its other machines');
SELECT is((SELECT string_agg(format('%s %s', r.name, e.failures), ', ' ORDER BY r.name) FROM alarm.expression_run AS e JOIN alarm.rule AS r ON r.id = e.rule_id), 'bad 1, bad in part 1, good 0', 'counted per rule');
SELECT pg_temp.give('e-2', 'a', 115, 4);
SELECT pg_temp.judge(120) \g /dev/null
SELECT is(pg_temp.failing(), 'expression:bad 22012', 'it clears by itself when it works again');
SELECT is((SELECT value FROM alarm.system_state WHERE condition = 'expression' AND object = 'bad'), 2::float8, 'or counts on');
UPDATE alarm.rule SET name = 'renamed' WHERE name = 'bad';
SELECT pg_temp.judge(130) \g /dev/null
SELECT is(pg_temp.failing(), 'expression:renamed 22012', 'renamed: one alarm, under the new name');
DELETE FROM alarm.rule WHERE name = 'renamed';
SELECT pg_temp.judge(140) \g /dev/null
SELECT is(pg_temp.failing(), NULL, 'deleted: none');
DELETE FROM alarm.rule WHERE condition = 'expression';

-- one that takes too long: the statement's timeout ends it, not the session and not the others
SELECT pg_temp.rule('slow', format('(SELECT count(*) FROM unnest(%1$L::integer[]) AS a, unnest(%1$L::integer[]) AS b, unnest(%1$L::integer[]) AS c, unnest(%1$L::integer[]) AS d, unnest(%1$L::integer[]) AS e)', array_fill(1, ARRAY[200]))) > 0 AS made, pg_temp.rule('after it', '2') > 0 AS made \g /dev/null
SET LOCAL statement_timeout = '500ms';
SELECT pg_temp.judge(200) \g /dev/null
SELECT is(pg_temp.failing(), 'expression:slow 57014', 'it is cut off and said so');
SELECT is(pg_temp.story('after it'), NULL, 'the time is spent: no further rule in this run');
SELECT pg_temp.judge(205) \g /dev/null
SELECT is(pg_temp.story('after it'), 'e-1 raised@205 2.000; e-2 raised@205 2.000; e-3 raised@205 2.000', 'in the next one they come first');
SELECT is((SELECT (e.failures, e.next_run - e.evaluated_at BETWEEN INTERVAL '30 s' AND INTERVAL '59 s')::text FROM alarm.expression_run AS e WHERE e.code = 'expression:slow'), '(1,t)', 'and the slow one is left alone for a while');
UPDATE alarm.expression_run SET next_run = '-infinity', failures = 4 WHERE code = 'expression:slow';
SELECT pg_temp.judge(300) \g /dev/null
SELECT is((SELECT (e.failures, e.next_run - e.evaluated_at > INTERVAL '7 minutes')::text FROM alarm.expression_run AS e WHERE e.code = 'expression:slow'), '(5,t)', 'twice as long each time');
RESET statement_timeout;
UPDATE alarm.rule SET parameters = '{"sql": "0"}' WHERE name = 'slow';
UPDATE alarm.expression_run SET next_run = '-infinity';
SELECT pg_temp.judge(310) \g /dev/null
SELECT is(pg_temp.failing(), NULL, 'mended, it clears');
SELECT throws_ok($$SELECT alarm.backtest(id, '2026-01-01', '2026-01-02') FROM alarm.rule WHERE name = 'slow'$$, 'MW422', 'condition expression has no history to test against', 'an expression has no history');
SELECT throws_ok($$SELECT alarm.backtest(id, '2026-01-01', '2026-01-02', '{"parameters": {"sql": "1 / 0"}}') FROM alarm.rule WHERE name = 'slow'$$, 'MW422', 'condition expression has no history to test against', 'and is not planned for one');
SELECT * FROM finish();
ROLLBACK;
