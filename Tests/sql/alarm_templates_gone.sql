-- Alarm texts are rows that an engineer writes: an alarm needs none of them to be raised.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
INSERT INTO plant.equipment (id, name) VALUES ('m-1', 'm');
INSERT INTO plant.sensor (equipment_id, name, type) VALUES ('m-1', 's', 'current');
INSERT INTO alarm.rule (name, condition, high, select_equipment) VALUES ('high', 'above', 1, '{m-1}');
CREATE ROLE template_engineer;
GRANT engineer TO template_engineer;
SET LOCAL ROLE template_engineer;
UPDATE alarm.message_template SET body = repeat('{text}', 330) WHERE condition = 'system';
RESET ROLE;
SELECT alarm.raise_system('long', 'high', repeat('x', 1000000)) \g /dev/null
SELECT cmp_ok((SELECT length(a::text) + length(alarm.message(a)::text) FROM alarm.alarm AS a WHERE code = 'long'), '<', 20000, 'a template that repeats a long text makes no long alarm');
SET LOCAL ROLE template_engineer;
DELETE FROM alarm.message_template;
RESET ROLE;
SELECT lives_ok($$SELECT alarm.raise_system('gone', 'high', 'the disk is full')$$, 'without any template the system raises its alarms');
SELECT is((SELECT alarm.message(a) ->> 'en' FROM alarm.alarm AS a WHERE code = 'gone'), 'gone: the disk is full', 'and says what it is');
SELECT lives_ok($$SELECT alarm.raise_system('gone', 'low', NULL)$$, 'again');
SELECT lives_ok($$SELECT alarm.raise_system('none', 'low', NULL)$$, 'also without a text');
SELECT lives_ok($$SELECT alarm.clear_system('gone')$$, 'and clears them');
SELECT is((SELECT a.stored FROM ingest.accept('{factory/m-1/s}', '{"{\"value\": 5}"}', ARRAY[NULL::bytea], ARRAY[clock_timestamp()]) AS a), 1, 'messages are stored');
SELECT is((SELECT count(*) FROM alarm.alarm WHERE code = 'high' AND active), 1::bigint, 'and rules raise theirs');
SELECT lives_ok('SELECT api.list_alerts()', 'which are listed');
SELECT * FROM finish();
ROLLBACK;
