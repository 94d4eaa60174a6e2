-- Points that come after alarm.judge_derived was further: windows, two signals, silence and baselines by state are judged as if they had
-- come in order, the alarms' history is the backtest's, and whoever was told what was wrong hears it. Random schedules: Tests/alarms.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
DELETE FROM alarm.rule;
INSERT INTO plant.equipment (id, name) VALUES ('ld-1', 'l');
INSERT INTO plant.sensor (equipment_id, name, type) SELECT 'ld-1', n, 'current' FROM unnest('{quiet,still,mean,a,b,load,x,other,first}'::text[]) AS n;
CREATE TEMP TABLE zero AS SELECT date_trunc('minute', clock_timestamp()) - INTERVAL '10 minutes' AS at;
CREATE FUNCTION pg_temp.at(second float8) RETURNS timestamptz LANGUAGE sql AS $$ SELECT zero.at + make_interval(secs => second) FROM zero $$;
-- points {time of measurement, value}, when they arrive (seconds)
CREATE FUNCTION pg_temp.say(sensor text, arrives float8, VARIADIC points float8[]) RETURNS text LANGUAGE sql AS $$
    SELECT (ingest.store(array_fill(s.id, ARRAY[n.n]), n.time, n.value, array_fill(0::smallint, ARRAY[n.n]), array_fill(false, ARRAY[n.n]), pg_temp.at(arrives))).stored::text
    FROM plant.sensor AS s,
         (SELECT array_agg(pg_temp.at(points[2 * i - 1]) ORDER BY i) AS time, array_agg(points[2 * i] ORDER BY i) AS value, count(*)::integer AS n
          FROM generate_series(1, cardinality(points) / 2) AS i) AS n
    WHERE s.equipment_id = 'ld-1' AND s.name = say.sensor $$;
CREATE FUNCTION pg_temp.judge(second float8) RETURNS integer LANGUAGE sql AS $$
    SELECT alarm.judge_derived(g.at) + alarm.tick(g.at) FROM (SELECT pg_temp.at(second) + ops.setting_interval('alarm.tick_grace') AS at) AS g $$;
-- raised-cleared, of what was not taken back
CREATE FUNCTION pg_temp.history(rule text) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(concat(round(extract(epoch FROM a.raised_at - zero.at)), '-', round(extract(epoch FROM a.cleared_at - zero.at))), ' ' ORDER BY a.raised_at), '')
    FROM zero, alarm.alarm AS a WHERE a.code = rule AND a.retracted_at IS NULL $$;
CREATE FUNCTION pg_temp.backtest(name text, "to" float8) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(concat(round(extract(epoch FROM b.raised_at - zero.at)), '-', round(extract(epoch FROM b.cleared_at - zero.at))), ' ' ORDER BY b.raised_at), '')
    FROM zero, alarm.backtest((SELECT r.id FROM alarm.rule AS r WHERE r.name = backtest.name), zero.at - INTERVAL '4 minutes', pg_temp.at("to")) AS b $$;
CREATE FUNCTION pg_temp.told(rule text) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(o.event, ' ' ORDER BY o.seq), '') FROM relay.outbox AS o WHERE o.kind = 'alarm' AND o.data ->> 'rule' = told.rule $$;
CREATE FUNCTION pg_temp.waiting() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM alarm.late_sample $$;

-- what is normal of x in each state of load
INSERT INTO alarm.operating_state (equipment_id, state, sensor, low, high) VALUES ('ld-1', 'idle', 'load', 0, 10), ('ld-1', 'busy', 'load', 10, 100);
INSERT INTO alarm.baseline (sensor_id, state, centre, spread, lowest, highest, samples, learned_from, learned_to)
SELECT s.id, b.state, b.centre, 1, 0, 100, 100, '2025-01-01', '2025-02-01' FROM plant.sensor AS s, (VALUES ('idle', 5), ('busy', 50)) AS b (state, centre)
WHERE s.equipment_id = 'ld-1' AND s.name = 'x';
INSERT INTO alarm.rule (name, condition, high, on_delay, chatter_count, parameters, select_equipment, select_sensor) VALUES
    ('silence', 'no_data', 30, '0', NULL, '{}', '{ld-1}', '{quiet}'), ('stillness', 'no_data', 30, '0', NULL, '{}', '{ld-1}', '{still}'),
    ('window', 'windowed', 10, '0', NULL, '{"aggregate": "mean", "window": "1 minute"}', '{ld-1}', '{mean}'),
    ('difference', 'two_signal', 10, '4 seconds', NULL, '{"other": "b"}', '{ld-1}', '{a}'),
    ('odd', 'baseline', 3, '0', NULL, '{"state": "each", "window": "5 minutes"}', '{ld-1}', '{x}'),
    ('first words', 'no_data', 30, '0', NULL, '{}', '{ld-1}', '{first}');
SELECT pg_temp.judge(-200) \g /dev/null

-- 1. a late point shows that there was no silence
SELECT pg_temp.say('quiet', 0, 0, 1), pg_temp.say('quiet', 10, 10, 1), pg_temp.judge(41) \g /dev/null
SELECT is(pg_temp.told('silence') || ' ' || pg_temp.history('silence'), 'raised 40-', 'silent for 30 s');
SELECT is(pg_temp.say('quiet', 43, 35, 1), '1', 'a point that was held up');
SELECT is(pg_temp.waiting(), 1::bigint, 'is noted: ingest judges nothing of it');
SELECT pg_temp.judge(45) \g /dev/null
SELECT is(pg_temp.told('silence') || ' ' || pg_temp.history('silence'), 'raised retracted ', 'there was no silence: it is taken back');
SELECT is(pg_temp.waiting(), 0::bigint, 'taken up once');
SELECT pg_temp.judge(71) \g /dev/null
SELECT is(pg_temp.history('silence'), '', 'silence counts from the arrival of the newest point');
SELECT pg_temp.judge(75) \g /dev/null
SELECT is(pg_temp.history('silence'), '65-', 'and is one then');
SELECT is(pg_temp.say('quiet', 76, 20, 1), '1', 'one from before that changes nothing');
SELECT is(pg_temp.judge(77), 0, 'makes no transition');
SELECT is(pg_temp.say('quiet', 80, 80, 1), '1', 'its end');
SELECT pg_temp.judge(82) \g /dev/null
SELECT is(pg_temp.history('silence') || ' ' || pg_temp.backtest('silence', 82), '65-80 65-80', 'as the backtest says');
SELECT is(pg_temp.told('silence'), 'raised retracted raised cleared', 'and as was told');
-- a silence in the past that was shorter, and of which nobody had known
SELECT pg_temp.say('still', 0, 0, 1), pg_temp.say('still', 50, 50, 1), pg_temp.judge(60) \g /dev/null
SELECT is(pg_temp.history('stillness'), '30-50', 'a silence that is over');
SELECT pg_temp.say('still', 61, 10, 1), pg_temp.judge(62) \g /dev/null
SELECT is(pg_temp.history('stillness') || ' ' || pg_temp.told('stillness'), '40-50 raised cleared', 'began later: put right, not told');
SELECT is((SELECT t.kind FROM alarm.transition AS t JOIN alarm.alarm AS a ON a.id = t.alarm_id WHERE a.code = 'stillness' ORDER BY t.id DESC LIMIT 1), 'revised', 'as revised');
SELECT pg_temp.say('still', 63, 30, 1), pg_temp.judge(64) \g /dev/null
SELECT is(pg_temp.history('stillness') || pg_temp.backtest('stillness', 64), '', 'and then never was, as the backtest says');
-- a sensor that had never spoken went by our clock: its own is behind
SELECT pg_temp.say('first', 70, 10, 1), pg_temp.judge(75), pg_temp.say('first', 80, 20, 1), pg_temp.judge(85) \g /dev/null
SELECT is((SELECT string_agg(concat(round(extract(epoch FROM a.raised_at - zero.at)), ' ', a.active), ',') FROM zero, alarm.alarm AS a WHERE a.code = 'first words' AND a.retracted_at IS NULL AND a.raised_at > zero.at), NULL, 'a slow clock that speaks for the first time is no silence');

-- 2. windows
SELECT pg_temp.say('mean', 20 * n, 20 * n, 5) FROM generate_series(0, 12) AS n \g /dev/null
SELECT pg_temp.judge(245) \g /dev/null
SELECT is(pg_temp.history('window'), '', 'calm minutes');
SELECT pg_temp.say('mean', 246, 70, 95, 90, 95), pg_temp.judge(247) \g /dev/null
SELECT is(pg_temp.history('window') || ' ' || pg_temp.told('window'), '120-180 raised cleared', 'late values make a minute''s mean high: it was, and is told');
SELECT pg_temp.say('mean', 248, 71, -80, 91, -80), pg_temp.judge(249) \g /dev/null
SELECT is(pg_temp.history('window') || pg_temp.backtest('window', 249), '', 'others make it low again, as the backtest says');
SELECT is(pg_temp.told('window'), 'raised cleared retracted', 'and who heard of it hears that');

-- 3. two signals: the other one is late
SELECT pg_temp.say('b', 100, 100, 1), pg_temp.say('a', 101, 101, 50), pg_temp.say('a', 106, 106, 50), pg_temp.judge(107) \g /dev/null
SELECT is(pg_temp.history('difference'), '105-', 'a difference of 49 for 4 s');
SELECT is((SELECT array_agg(n.name ORDER BY n.name)::text FROM alarm.derived_source AS d JOIN alarm.signal AS g ON g.id = d.signal_id JOIN alarm.rule AS r ON r.id = g.rule_id JOIN plant.sensor AS n ON n.id = d.sensor_id WHERE r.name = 'difference'), '{a,b}', 'it is made of both');
SELECT pg_temp.say('b', 108, 100.5, 45), pg_temp.judge(109) \g /dev/null
SELECT is(pg_temp.told('difference') || ' ' || pg_temp.history('difference'), 'raised retracted ', 'was none: the other signal had followed');
SELECT pg_temp.say('b', 110, 100.7, 20), pg_temp.say('a', 111, 99, 50), pg_temp.judge(112) \g /dev/null
SELECT is(pg_temp.history('difference'), pg_temp.backtest('difference', 111), 'as the backtest says');

-- 4. baselines by state: the state is late
SELECT pg_temp.say('load', 100, 100, 5), pg_temp.say('x', 101, 101, 50), pg_temp.say('x', 110, 110, 50), pg_temp.judge(112) \g /dev/null
SELECT is(pg_temp.history('odd'), '101-', '50 is odd while idle');
SELECT pg_temp.say('load', 113, 105, 60), pg_temp.judge(114) \g /dev/null
SELECT is(pg_temp.history('odd') || ' ' || pg_temp.told('odd'), '101-110 raised cleared', 'at 110 it was busy');
SELECT pg_temp.say('load', 115, 100.5, 60), pg_temp.judge(116) \g /dev/null
SELECT is(pg_temp.history('odd') || pg_temp.backtest('odd', 116), '', 'and had been before, as the backtest says');
-- what was learned anew judges from then on
UPDATE alarm.baseline SET centre = 70 WHERE state = 'busy';
SELECT pg_temp.judge(118), pg_temp.say('x', 120, 119, 70), pg_temp.judge(122) \g /dev/null
SELECT is((SELECT count(*) FROM alarm.alarm AS a, zero WHERE a.code = 'odd' AND a.raised_at < zero.at + INTERVAL '109 s' AND a.retracted_at IS NULL), 0::bigint, 'what was normal then was normal');
SELECT pg_temp.say('x', 123, 102, 50), pg_temp.judge(124) \g /dev/null
SELECT is((SELECT count(*) FROM alarm.alarm AS a, zero WHERE a.code = 'odd' AND a.raised_at < zero.at + INTERVAL '109 s' AND a.retracted_at IS NULL), 0::bigint, 'also to a late point of that time');
SELECT is((SELECT sum(e.unjudged) FROM telemetry.clock_event AS e WHERE e.equipment_id = 'ld-1'), 1::numeric, 'which is stored and counted');

-- 5. nothing is lost, nothing waits for ever
SELECT pg_temp.say('mean', 260, 260, 5), pg_temp.judge(302), pg_temp.say('mean', 303, 250, 500) \g /dev/null
SAVEPOINT killed;
SELECT pg_temp.judge(304) \g /dev/null
SELECT is(pg_temp.history('window'), '300-', 'a run that revises');
ROLLBACK TO killed;
SELECT is(pg_temp.waiting() || pg_temp.history('window'), '1', 'and is killed: what it took up is there again');
SELECT pg_temp.judge(305) \g /dev/null
SELECT is(pg_temp.history('window'), '300-', 'for the next run');
SELECT pg_temp.say('mean', 306, 250, 500), pg_temp.say('other', 306, 250, 1), pg_temp.say('other', 307, 240, 1) \g /dev/null
SELECT is(pg_temp.waiting(), 0::bigint, 'a redelivery is noted no more than what no job judges');
SELECT pg_temp.say('mean', 308, 307, 5, 308, 5) \g /dev/null
SELECT is(pg_temp.waiting(), 0::bigint, 'nor what is newer than the job has come');
SELECT pg_temp.say('mean', 309, -2000, 500) \g /dev/null
SELECT is(pg_temp.waiting(), 0::bigint, 'nor history');
INSERT INTO alarm.late_sample (sensor_id, since) SELECT id, pg_temp.at(-4000) FROM plant.sensor WHERE equipment_id = 'ld-1' AND name = 'mean';
SELECT is(pg_temp.judge(310), 0, 'what is older than an hour is not judged');
SELECT is(pg_temp.waiting() || ' ' || (SELECT sum(e.unjudged) FROM telemetry.clock_event AS e WHERE e.equipment_id = 'ld-1'), '0 2', 'but counted, and put away');
-- a rule that is gone
SELECT pg_temp.say('mean', 311, 280, 500) \g /dev/null
DELETE FROM alarm.rule WHERE name = 'window';
SELECT pg_temp.judge(312) \g /dev/null
SELECT is(pg_temp.waiting() || ' ' || (SELECT count(*) FROM alarm.derived_source AS d JOIN plant.sensor AS n ON n.id = d.sensor_id WHERE n.name = 'mean'), '0 0', 'leaves nothing behind');

-- 6. nobody believes what is not so
SELECT is((SELECT string_agg(a.code, ' ') FROM alarm.alarm AS a
           WHERE a.equipment_id = 'ld-1' AND a.active <> coalesce((SELECT o.event NOT IN ('cleared', 'retracted') FROM relay.outbox AS o
               WHERE o.kind = 'alarm' AND o.data ->> 'id' = a.id::text ORDER BY o.seq DESC LIMIT 1), false)), NULL, 'what was told of each alarm is so');
SELECT * FROM finish();
ROLLBACK;
