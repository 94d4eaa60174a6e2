-- What people do to alarms: every act, every refusal, and what holds for the successor of a held alarm.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
INSERT INTO plant.equipment (id, name) VALUES ('T-1', 'T-1');
INSERT INTO plant.sensor (equipment_id, name, type) VALUES ('T-1', 'a', 'current'), ('T-1', 'b', 'current');
INSERT INTO alarm.rule (name, condition, high, select_equipment, select_sensor, re_alarm, escalate_after, escalate_to, chatter_count) VALUES
    ('child', 'above', 10, '{T-1}', '{a}', '1 hour', '10 min', 'critical', NULL),
    ('parent', 'above', 10, '{T-1}', '{b}', NULL, NULL, NULL, NULL);
CREATE FUNCTION pg_temp.at(seconds float8) RETURNS timestamptz LANGUAGE sql AS
    $$ SELECT date_trunc('second', now()) + make_interval(secs => seconds) $$;
CREATE FUNCTION pg_temp.sample(sensor text, seconds float8, value float8) RETURNS integer LANGUAGE sql AS $$
    SELECT e.outbox_rows FROM plant.sensor AS s, alarm.evaluate_batch(ARRAY[s.id], ARRAY[pg_temp.at(seconds)], ARRAY[value]) AS e WHERE s.name = sensor $$;
CREATE FUNCTION pg_temp.last() RETURNS alarm.alarm LANGUAGE sql AS $$ SELECT * FROM alarm.alarm WHERE code = 'child' ORDER BY id DESC LIMIT 1 $$;
CREATE FUNCTION pg_temp.told() RETURNS text LANGUAGE sql AS $$ SELECT event || ' ' || (data ->> 'rule') FROM relay.outbox ORDER BY seq DESC LIMIT 1 $$;

SELECT is(pg_temp.sample('a', 0, 11), 1, 'raised');
SELECT throws_ok('SELECT alarm.acknowledge(-1)', 'MW404', NULL, 'no such alarm');
SELECT throws_ok('SELECT alarm.confirm((pg_temp.last()).id)', 'MW409', NULL, 'confirm needs acknowledge');
SELECT is((alarm.acknowledge((pg_temp.last()).id, 'kim', 'seen')).acknowledged_by, 'kim', 'acknowledge');
SELECT is(pg_temp.told(), 'acknowledged child', 'is told');
SELECT throws_ok('SELECT alarm.acknowledge((pg_temp.last()).id)', 'MW409', NULL, 'once only');
SELECT ok((alarm.confirm((pg_temp.last()).id, 'kim')).confirmed, 'confirm');
SELECT throws_ok('SELECT alarm.confirm((pg_temp.last()).id)', 'MW409', NULL, 'once only');
SELECT throws_ok($$SELECT alarm.comment((pg_temp.last()).id, '  ')$$, 'MW422', NULL, 'an empty comment');
SELECT lives_ok($$SELECT alarm.comment((pg_temp.last()).id, 'bearing ordered', 'kim')$$, 'a comment');
SELECT throws_ok($$SELECT alarm.shelve((pg_temp.last()).id, '9 hours')$$, 'MW422', NULL, 'shelving beyond the maximum');
SELECT throws_ok($$SELECT alarm.shelve((pg_temp.last()).id, '-1 hours')$$, 'MW422', NULL, 'a negative shelving');
SELECT throws_ok($$SELECT alarm.unshelve((pg_temp.last()).id)$$, 'MW409', NULL, 'not shelved');
SELECT is((alarm.shelve((pg_temp.last()).id, '1 hour', 'kim', 'known')).shelved, 'timed', 'shelve');
SELECT throws_ok($$SELECT alarm.shelve((pg_temp.last()).id, '1 hour')$$, 'MW409', NULL, 'once only');
SELECT is(pg_temp.sample('a', 1, 1), 1, 'who heard it raised hears that it clears, though it is shelved');
SELECT is(pg_temp.sample('a', 2, 11), 0, 'its successor is raised in silence');
SELECT is((pg_temp.last()).shelved, 'timed', 'because it is shelved too');
SELECT is((alarm.unshelve((pg_temp.last()).id, 'kim')).shelved, NULL, 'unshelve');
SELECT is((alarm.shelve((pg_temp.last()).id, '1 hour', 'kim', NULL, true)).shelved, 'one_shot', 'shelve one-shot');
SELECT pg_temp.sample('a', 3, 1);
SELECT is(pg_temp.sample('a', 4, 11), 1, 'one-shot ends with the alarm: the next is told');
SELECT throws_ok($$SELECT alarm.shelve(min(id), '1 hour') FROM alarm.alarm$$, 'MW409', NULL, 'a cleared alarm cannot be shelved');
SELECT alarm.shelve((pg_temp.last()).id, '1 hour', 'kim');
SELECT is(alarm.tick(now() + '59 min'), 0, 'the shelving stands, and keeps escalation back');
SELECT ok(alarm.tick(now() + '61 min') > 0, 'its time is over');
SELECT is((pg_temp.last()).shelved, NULL, 'so it is unshelved');
SELECT is((SELECT ended_by FROM alarm.hold ORDER BY id DESC LIMIT 1), 'system', 'by the system');

-- escalation and re-alarm
SELECT is((SELECT string_agg(kind, ' ' ORDER BY id) FROM alarm.transition WHERE alarm_id = (pg_temp.last()).id), 'raised shelved unshelved', 'active for an hour, and told a moment ago: not again');
SELECT alarm.tick(now() + '62 min');
SELECT is((pg_temp.last()).re_alarms, 0, 'the hour begins when the shelving ends');
SELECT alarm.tick(now() + '72 min');
SELECT is((pg_temp.last()).severity, 'critical', 'not acknowledged for ten minutes: escalated');
SELECT is(pg_temp.told(), 'escalated child', 'and told');
SELECT is(alarm.tick(now() + '73 min'), 0, 'once');
SELECT alarm.acknowledge((pg_temp.last()).id, 'kim');
SELECT alarm.tick(now() + '121 min 1 s');
SELECT is((pg_temp.last()).acknowledged, false, 're-alarm takes the acknowledgement back');
SELECT pg_temp.sample('a', 8000, 1);
SELECT is((SELECT severity FROM alarm.transition WHERE alarm_id = (pg_temp.last()).id ORDER BY id DESC LIMIT 1), 'critical', 'it clears with the severity that it had');

-- suppression
SELECT pg_temp.sample('a', 8001, 11);
SELECT is((alarm.suppress((pg_temp.last()).id, 'kim')).suppressed_by, '{operator}', 'suppress');
SELECT throws_ok('SELECT alarm.suppress((pg_temp.last()).id)', 'MW409', NULL, 'once only');
SELECT is((alarm.unsuppress((pg_temp.last()).id, 'kim')).suppressed_by, '{}', 'unsuppress');
SELECT throws_ok('SELECT alarm.unsuppress((pg_temp.last()).id)', 'MW409', NULL, 'once only');
SELECT is((alarm.take_out_of_service((pg_temp.last()).id, 'kim', 'sensor defective')).out_of_service, true, 'out of service');
SELECT throws_ok('SELECT alarm.take_out_of_service((pg_temp.last()).id)', 'MW409', NULL, 'once only');
SELECT pg_temp.sample('a', 8002, 1);
SELECT is(pg_temp.sample('a', 8003, 11), 0, 'an alarm out of service is raised in silence');
SELECT is((alarm.return_to_service((pg_temp.last()).id, 'kim')).out_of_service, false, 'back in service');
SELECT throws_ok('SELECT alarm.return_to_service((pg_temp.last()).id)', 'MW409', NULL, 'once only');
SELECT throws_ok('SELECT alarm.reset((pg_temp.last()).id)', 'MW409', NULL, 'reset needs a latched alarm');

INSERT INTO plant.maintenance (equipment_id, title, starts_at, ends_at) VALUES ('T-1', 'oil', pg_temp.at(9000), pg_temp.at(9600));
SELECT alarm.tick(pg_temp.at(9001));
SELECT is((pg_temp.last()).suppressed_by[1] LIKE 'maintenance:%', true, 'a maintenance window suppresses what is active');
SELECT pg_temp.sample('a', 9002, 1);
SELECT is(pg_temp.sample('a', 9003, 11), 0, 'and what comes up in it');
SELECT ok(alarm.tick(pg_temp.at(9601)) > 0, 'the window ends');
SELECT is((pg_temp.last()).suppressed_by, '{}', 'so does the suppression');
UPDATE alarm.rule SET parent_rule = (SELECT id FROM alarm.rule WHERE name = 'parent') WHERE name = 'child';
SELECT pg_temp.sample('b', 9602, 11);
SELECT alarm.tick(pg_temp.at(9603));
SELECT is((pg_temp.last()).suppressed_by[1] LIKE 'parent:%', true, 'the parent''s alarm suppresses the child''s');
SELECT pg_temp.sample('b', 9604, 1);
SELECT alarm.tick(pg_temp.at(9605));
SELECT is((pg_temp.last()).suppressed_by, '{}', 'until it clears');

-- explain
SELECT is((SELECT (x.rule, x.rule_version, x.level, x.limit_value, x.value, x.selected_because)::text FROM alarm.explain((pg_temp.last()).id) AS x),
    '(child,1,high,10,11,"equipment T-1, sensor a")', 'explain names version, limit, value and selection');

-- system alarms
SELECT is(alarm.raise_system('test_lost', 'high', 'gone'), alarm.raise_system('test_lost', 'high', 'gone'), 'a failure that goes on is one alarm');
SELECT is((SELECT occurrences FROM alarm.alarm WHERE code = 'test_lost'), 2, 'which counts');
SELECT is((SELECT count(*) FROM relay.outbox WHERE kind = 'system' AND data ->> 'rule' = 'test_lost'), 1::bigint, 'and is told once');
SELECT throws_ok($$SELECT alarm.raise_system('x', 'awful', 'm')$$, 'MW422', NULL, 'unknown severity');
SELECT isnt(alarm.clear_system('test_lost'), NULL, 'it is over');
SELECT is(alarm.clear_system('test_lost'), NULL, 'nothing left to clear');

-- model verdicts
UPDATE alarm.rule SET parameters = '{"consecutive": 2}' WHERE name = 'model-verdict';
SELECT is(alarm.model_verdict('T-1', pg_temp.at(0), true, 'medium', 0.5, '{"model_version": "v1", "modality": "vib"}'), 0, 'one anomaly is not enough');
SELECT is(alarm.model_verdict('T-1', pg_temp.at(1), true, 'medium', 0.5, '{"model_version": "v1", "modality": "vib"}'), 1, 'two in a row are');
SELECT is((SELECT data #>> '{message,ko}' FROM relay.outbox ORDER BY seq DESC LIMIT 1), '장비 T-1 이상 탐지. 모델=v1, 신뢰도=0.50, 유형=vib', 'with the text of old');
SELECT is(alarm.model_verdict('T-1', pg_temp.at(2), true, 'critical', 0.9, '{}'), 1, 'a worse verdict');
SELECT is((SELECT severity FROM alarm.alarm WHERE code = 'model-verdict'), 'critical', 'raises the severity');
SELECT is(alarm.model_verdict('T-1', pg_temp.at(1), false, NULL, 0, '{}'), 0, 'a late verdict changes nothing');
SELECT is(alarm.model_verdict('T-1', pg_temp.at(3), false, NULL, 0, '{}'), 1, 'calm');
SELECT is((SELECT active FROM alarm.alarm WHERE code = 'model-verdict'), false, 'clears it');

-- roles: an operator may act, a viewer may not
SELECT ok(has_function_privilege('operator', 'alarm.acknowledge(bigint, text, text)', 'EXECUTE'), 'operators acknowledge');
SELECT ok(NOT has_function_privilege('viewer', 'alarm.acknowledge(bigint, text, text)', 'EXECUTE'), 'viewers do not');
SELECT ok(NOT has_function_privilege('operator', 'alarm.create_rule(jsonb, text, text)', 'EXECUTE'), 'operators do not make rules');
SELECT is((SELECT count(*) FROM pg_proc WHERE pronamespace = 'alarm'::regnamespace AND has_function_privilege('public', oid, 'EXECUTE')), 0::bigint, 'the public does nothing');
SELECT * FROM finish();
ROLLBACK;
