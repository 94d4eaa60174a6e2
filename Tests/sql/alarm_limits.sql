-- Limits and deadband: what each condition raises, changes and clears. Times are seconds after 2026-01-01.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;

INSERT INTO plant.equipment (id, name) VALUES ('T-1', 'T-1');
INSERT INTO plant.sensor (equipment_id, name, type, unit)
SELECT 'T-1', n, 'vibration', 'mm/s' FROM unnest('{above,below,outside,inside,stacked,latched,chatter,equal}'::text[]) AS n;
INSERT INTO alarm.rule (name, condition, low_low, low, high, high_high, deadband, severity, severity_high_high, latched, chatter_count,
                        chatter_window, chatter_quiet, select_equipment, select_sensor)
VALUES
    ('above', 'above', NULL, NULL, 10, NULL, 2, 'medium', NULL, false, NULL, '1 min', '1 min', '{T-1}', '{above}'),
    ('below', 'below', NULL, 5, NULL, NULL, 1, 'low', NULL, false, NULL, '1 min', '1 min', '{T-1}', '{below}'),
    ('outside', 'outside', NULL, 5, 10, NULL, 1, 'high', NULL, false, NULL, '1 min', '1 min', '{T-1}', '{outside}'),
    ('inside', 'inside', NULL, 5, 10, NULL, 1, 'medium', NULL, false, NULL, '1 min', '1 min', '{T-1}', '{inside}'),
    ('stacked', 'outside', -20, -10, 10, 20, 1, 'medium', 'high', false, NULL, '1 min', '1 min', '{T-1}', '{stacked}'),
    ('latched', 'above', NULL, NULL, 10, NULL, 0, 'medium', NULL, true, NULL, '1 min', '1 min', '{T-1}', '{latched}'),
    ('chatter', 'above', NULL, NULL, 10, NULL, 0, 'medium', NULL, false, 3, '1 min', '30 s', '{T-1}', '{chatter}'),
    ('equal', 'above', NULL, NULL, 10, NULL, 0, 'medium', NULL, false, NULL, '1 min', '1 min', '{T-1}', '{equal}');

CREATE FUNCTION pg_temp.at(seconds float8) RETURNS timestamptz LANGUAGE sql AS
    $$ SELECT timestamptz '2026-01-01 00:00Z' + make_interval(secs => seconds) $$;
-- one value a second from second 1 on
CREATE FUNCTION pg_temp.samples(sensor text, VARIADIC value float8[]) RETURNS integer LANGUAGE sql AS $$
    SELECT e.transitions
    FROM plant.sensor AS s,
         alarm.evaluate_batch(
             array_fill(s.id, ARRAY[cardinality(value)]),
             ARRAY(SELECT pg_temp.at(i) FROM generate_subscripts(value, 1) AS i), value) AS e
    WHERE s.equipment_id = 'T-1' AND s.name = samples.sensor $$;
CREATE FUNCTION pg_temp.story(sensor text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s@%s %s/%s %s', t.kind, extract(epoch FROM t.occurred_at - pg_temp.at(0))::integer, t.level, t.severity, t.value), '; ' ORDER BY t.id)
    FROM alarm.transition AS t JOIN alarm.alarm AS a ON a.id = t.alarm_id JOIN plant.sensor AS s ON s.id = a.sensor_id
    WHERE s.equipment_id = 'T-1' AND s.name = story.sensor $$;

SELECT is(pg_temp.samples('above', 9, 10, 10.1, 9, 8.1, 8, 7), 2, 'above: raise and clear');
SELECT is(pg_temp.story('above'), 'raised@3 high/medium 10.1; cleared@6 high/medium 8',
    'above: the limit itself is no alarm; within the deadband it stays; at limit - deadband it clears');
SELECT is(pg_temp.samples('below', 6, 5, 4.9, 5.9, 6, 4), 3, 'below: three transitions');
SELECT is(pg_temp.story('below'), 'raised@3 low/low 4.9; cleared@5 low/low 6; raised@6 low/low 4', 'below: mirrored');
SELECT is(pg_temp.samples('outside', 7, 11, 4, 4.5, 7), 3, 'outside');
SELECT is(pg_temp.story('outside'), 'raised@2 high/high 11; severity_changed@3 low/high 4; cleared@5 low/high 7',
    'outside: from above straight to below is one alarm');
SELECT is(pg_temp.samples('inside', 4, 5, 11, 11.1, 10, 3.9), 4, 'inside');
SELECT is(pg_temp.story('inside'), 'raised@2 inside/medium 5; cleared@4 inside/medium 11.1; raised@5 inside/medium 10; cleared@6 inside/medium 3.9',
    'inside: the borders belong to the forbidden band; the deadband lies outside');
SELECT is(pg_temp.samples('stacked', 0, 15, 25, 19.5, 19, 9.5, 9, -25, 0), 6, 'stacked');
SELECT is(pg_temp.story('stacked'),
    'raised@2 high/medium 15; severity_changed@3 high_high/high 25; severity_changed@5 high/medium 19; cleared@7 high/medium 9; raised@8 low_low/critical -25; cleared@9 low_low/critical 0',
    'stacked limits: severity rises and falls within one alarm; an outer limit without a severity takes the worst');
SELECT is((SELECT worst_severity FROM alarm.alarm WHERE code = 'stacked' ORDER BY id LIMIT 1), 'high', 'the worst severity is kept');
SELECT is((SELECT peak_value FROM alarm.alarm WHERE code = 'stacked' ORDER BY id LIMIT 1), 25::float8, 'and the peak');

SELECT pg_temp.samples('latched', 9, 11, 5, 12, 5);
SELECT is(pg_temp.story('latched'), 'raised@2 high/medium 11', 'latched: does not clear by itself');
SELECT throws_ok('SELECT alarm.reset(id) FROM alarm.alarm WHERE code = ''above'' LIMIT 1', 'MW409', NULL, 'an alarm that cleared cannot be reset');
SELECT lives_ok('SELECT alarm.reset(id, ''kim'') FROM alarm.alarm WHERE code = ''latched''', 'latched: reset once the value is good');
SELECT is((SELECT active FROM alarm.alarm WHERE code = 'latched'), false, 'reset clears it');
SELECT is(pg_temp.samples('latched', 1), 0, 'samples from before the reset are ignored');

SELECT pg_temp.samples('chatter', 11, 9, 11, 9, 11, 9, 11, 9, 9);
SELECT is(pg_temp.story('chatter'),
    'raised@1 high/medium 11; cleared@2 high/medium 9; raised@3 high/medium 11; cleared@4 high/medium 9; raised@5 high/medium 11; chatter_started@5 high/medium 11',
    'chatter: after the third raise it stays');
SELECT is((SELECT chattering FROM alarm.alarm WHERE code = 'chatter' AND active), true, 'and says so');
SELECT alarm.tick(pg_temp.at(37) + ops.setting_interval('alarm.tick_grace'));
SELECT is((SELECT active FROM alarm.alarm WHERE code = 'chatter' ORDER BY id DESC LIMIT 1), true, 'calm for 29 s is not enough');
SELECT alarm.tick(pg_temp.at(38) + ops.setting_interval('alarm.tick_grace'));
SELECT is((SELECT cleared_at FROM alarm.alarm WHERE code = 'chatter' ORDER BY id DESC LIMIT 1), pg_temp.at(38), 'calm for 30 s clears it');

SELECT is(pg_temp.samples('equal', 10, 10.5, 10.5, 10), 2, 'without a deadband the limit clears');
SELECT is((SELECT count(*) FROM alarm.alarm WHERE active AND signal_id IS NOT NULL), 1::bigint, 'one alarm is left active: below');
SELECT throws_ok($$INSERT INTO alarm.alarm (code, condition, level, severity, worst_severity, raised_at, announced_at, signal_id)
    SELECT code, condition, level, severity, worst_severity, raised_at, announced_at, signal_id FROM alarm.alarm WHERE active$$,
    '23505', NULL, 'the database itself refuses a second open alarm of a rule and sensor');
SELECT is((SELECT count(*) FROM relay.outbox WHERE kind = 'alarm'), (SELECT count(*) FROM alarm.transition AS t JOIN alarm.alarm AS a ON a.id = t.alarm_id AND a.signal_id IS NOT NULL WHERE t.kind NOT IN ('chatter_started', 'reset')),
    'each transition that the rule asks for stands in the outbox');
SELECT is((SELECT data #>> '{message,ko}' FROM relay.outbox WHERE data ->> 'rule' = 'above' ORDER BY seq LIMIT 1),
    '장비 T-1 above 경보: 값 10.1 mm/s, 한계 10 mm/s (상한), 심각도 보통, 규칙 above', 'Korean text');
SELECT is((SELECT data #>> '{message,en}' FROM relay.outbox WHERE data ->> 'rule' = 'above' ORDER BY seq DESC LIMIT 1),
    'Equipment T-1 above back to normal: value 8 mm/s, rule above', 'English text of the clear');
SELECT is((SELECT data ->> 'occurred_at' FROM relay.outbox WHERE data ->> 'rule' = 'above' ORDER BY seq LIMIT 1), '2026-01-01T00:00:03.000000Z', 'times are UTC');
SELECT * FROM finish();
ROLLBACK;
