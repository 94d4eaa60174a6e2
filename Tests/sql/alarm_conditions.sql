-- Conditions that derive a number first, live and in the backtest.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
INSERT INTO plant.equipment (id, name, specifications) VALUES
    ('c-1', 'c', '{"vibration_class": "group 2 rigid", "rated_power_kw": 55}'), ('c-2', 'c', '{"vibration_class": "group 2 rigid", "rated_power_kw": 400}'), ('c-3', 'c', '{}');
INSERT INTO plant.sensor (equipment_id, name, type, unit) SELECT e, n, CASE WHEN n = 'vib' THEN 'vibration' ELSE 'temperature' END, CASE WHEN n = 'vib' THEN 'mm/s' ELSE 'Cel' END
FROM unnest('{c-1,c-2,c-3}'::text[]) AS e, unnest('{vib,a,b}'::text[]) AS n;
CREATE FUNCTION pg_temp.at(seconds float8) RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz '2026-01-01 00:00Z' + make_interval(secs => seconds) $$;
CREATE FUNCTION pg_temp.id(sensor text) RETURNS integer LANGUAGE sql AS $$ SELECT id FROM plant.sensor WHERE equipment_id = 'c-1' AND name = $1 $$;
-- stored, latest moved, judged: what ingest.store does
CREATE FUNCTION pg_temp.give(text, float8[], float8[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO telemetry.reading (time, value, sensor_id) SELECT pg_temp.at(s), v, pg_temp.id($1) FROM unnest($2, $3) AS u (s, v);
    UPDATE telemetry.latest SET time = pg_temp.at($2[cardinality($2)]), value = $3[cardinality($3)] WHERE sensor_id = pg_temp.id($1);
    SELECT alarm.evaluate_batch(array_fill(pg_temp.id($1), ARRAY[cardinality($2)]), ARRAY(SELECT pg_temp.at(s) FROM unnest($2) AS s), $3) $$;
CREATE FUNCTION pg_temp.judge(seconds float8) RETURNS integer LANGUAGE sql AS $$
    SELECT alarm.judge_derived(x.at) + alarm.judge_expressions(x.at) FROM (SELECT pg_temp.at(seconds) + ops.setting_interval('alarm.tick_grace') AS at) AS x $$;
CREATE FUNCTION pg_temp.story(rule text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s@%s %s', t.kind, round(extract(epoch FROM t.occurred_at - pg_temp.at(0))), round(t.value::numeric, 3)), '; ' ORDER BY t.id)
    FROM alarm.transition AS t JOIN alarm.alarm AS a ON a.id = t.alarm_id WHERE a.code = rule $$;
CREATE FUNCTION pg_temp.backtest(name text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s@%s', x.t ->> 'kind', round(extract(epoch FROM (x.t ->> 'time')::timestamptz - pg_temp.at(0)))), '; ' ORDER BY x.t ->> 'time')
    FROM alarm.backtest((SELECT r.id FROM alarm.rule AS r WHERE r.name = backtest.name), pg_temp.at(0), pg_temp.at(1000)) AS b, jsonb_array_elements(b.transitions) AS x (t) $$;
CREATE FUNCTION pg_temp.refused(rule jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_column text;
BEGIN
    PERFORM alarm.create_rule('{"name": "bad"}' || rule);
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_column = COLUMN_NAME;
    RETURN SQLSTATE || ' ' || v_column;
END $$;

-- rate of change and flat line are judged sample by sample
INSERT INTO alarm.rule (name, condition, low, high, parameters, select_equipment, select_sensor) VALUES
    ('rate', 'rate_of_change', -2, 2, '{"step": 2}', '{c-1}', '{a}'), ('flat', 'flat_line', NULL, 5, '{"epsilon": 0.1}', '{c-1}', '{a}');
SELECT pg_temp.give('a', '{0,1,2,3,4}', '{0,1,2,6,8}');
SELECT is(pg_temp.story('rate'), 'raised@4 3.000', 'rate of change: (8 - 2) over the two seconds of a step');
SELECT pg_temp.give('a', '{6,8,10}', '{8,8.05,8.01}');
SELECT is(pg_temp.story('rate'), 'raised@4 3.000; cleared@6 0.000', 'and back');
SELECT is(pg_temp.story('flat'), 'raised@10 6.000', 'flat line: six seconds within a tenth');
SELECT pg_temp.give('a', '{11}', '{9}');
SELECT is(pg_temp.story('flat'), 'raised@10 6.000; cleared@11 0.000', 'until it moves');
SELECT is(pg_temp.backtest('rate') || ' | ' || pg_temp.backtest('flat'), 'raised@4; cleared@6 | raised@10; cleared@11', 'backtest agrees');

-- late values
INSERT INTO alarm.rule (name, condition, high, select_equipment, select_sensor) VALUES ('timely', 'above', 90, '{c-1}', '{a}');
SELECT ingest.store(ARRAY[pg_temp.id('a')], ARRAY[pg_temp.at(10.5)], ARRAY[99.0], '{0}', '{f}', pg_temp.at(12));
SELECT is(pg_temp.story('timely'), NULL, 'a batch older than the latest value raises nothing, even where no state remembers');
DELETE FROM alarm.rule WHERE name = 'timely';

-- no data
INSERT INTO alarm.rule (name, condition, high, high_high, select_equipment, select_sensor) VALUES ('silent', 'no_data', 30, 120, '{c-1}', '{b}');
SELECT pg_temp.give('b', '{0,20}', '{1,1}');
SELECT is(pg_temp.judge(49), 0, 'silence is allowed for 30 s');
SELECT is(pg_temp.judge(60), 1, 'then it is an alarm');
SELECT pg_temp.judge(61);
SELECT pg_temp.judge(200);
SELECT pg_temp.give('b', '{205,206}', '{1,1}');
SELECT pg_temp.judge(207);
SELECT is(pg_temp.story('silent'), 'raised@50 30.001; severity_changed@140 120.001; cleared@205 0.000', 'at its own times, whenever the job runs');
SELECT pg_temp.give('b', '{1001}', '{1}');
SELECT is(pg_temp.backtest('silent'), 'raised@50; severity_changed@140; cleared@205; raised@236; severity_changed@326', 'backtest agrees');
DELETE FROM alarm.rule WHERE name = 'silent';
SELECT alarm.tick();

-- windowed over the minutes
INSERT INTO alarm.rule (name, condition, high, deadband, parameters, select_equipment, select_sensor) VALUES
    ('mean', 'windowed', 10, 1, '{"aggregate": "mean", "window": "2 minutes"}', '{c-1}', '{vib}'), ('slope', 'windowed', 0.05, 0, '{"aggregate": "slope", "window": "3 minutes"}', '{c-1}', '{vib}'),
    ('count', 'windowed', 13, 0, '{"aggregate": "count", "window": "2 minutes"}', '{c-1}', '{vib}'), ('spread', 'windowed', 3, 0, '{"aggregate": "stddev", "window": "1 minute"}', '{c-1}', '{vib}');
DELETE FROM alarm.clock;
SELECT pg_temp.judge(0);
SELECT pg_temp.give('vib', array_agg(i * 10.0::float8 ORDER BY i), array_agg(CASE WHEN i < 12 THEN 5 ELSE 13 END::float8 ORDER BY i)) FROM generate_series(0, 35) AS i;
SELECT pg_temp.judge(130);
SELECT pg_temp.judge(299);
SELECT is(pg_temp.story('mean'), 'raised@240 13.000', 'the mean of two minutes crosses when both are high (9 is not yet)');
SELECT pg_temp.judge(300);
SELECT is(pg_temp.story('slope'), 'raised@180 0.067; cleared@300 0.000', 'the slope of three minutes is over while they rise');
SELECT is(pg_temp.story('count') IS NULL AND pg_temp.story('spread') IS NULL, true, 'twelve values in two minutes, steady within each');
SELECT is(pg_temp.backtest('slope'), 'raised@180; cleared@300', 'backtest agrees');
DELETE FROM alarm.rule WHERE condition = 'windowed';

-- two signals; what stands when a rule is made counts, and here none does: the other's value is too old
SELECT pg_temp.give('a', '{1000}', '{1}');
INSERT INTO alarm.rule (name, condition, low, high, parameters, select_equipment, select_sensor) VALUES
    ('differ', 'two_signal', -5, 5, '{"other": "b"}', '{c-1}', '{a}'), ('ratio', 'two_signal', NULL, 3, '{"other": "b", "operation": "ratio"}', '{c-*}', '{a}');
SELECT pg_temp.judge(1002);
SELECT pg_temp.give('b', '{1003,1005}', '{2,4}');
SELECT pg_temp.give('a', '{1004,1006,1070}', '{7.5,9,50}');
SELECT pg_temp.judge(1071);
SELECT is(pg_temp.story('differ'), 'raised@1004 5.500; cleared@1006 5.000', 'difference to the last value of the other; too old a value is none');
SELECT is(pg_temp.story('ratio'), 'raised@1004 3.750; cleared@1006 2.250', 'ratio');
SELECT is((SELECT count(*) FROM alarm.signal AS g JOIN alarm.rule AS r ON r.id = g.rule_id WHERE r.name = 'ratio' AND g.assigned), 3::bigint, 'one pair per machine');

-- baseline
INSERT INTO telemetry.reading (time, value, sensor_id)
SELECT timestamptz '2025-01-01 00:00Z' + i * INTERVAL '1 s', 50 + (i % 7) - 3 + CASE WHEN i % 50 = 0 THEN 500 ELSE 0 END, pg_temp.id('a') FROM generate_series(1, 700) AS i;
INSERT INTO alarm.rule (name, condition, low, high, deadband, select_equipment, select_sensor) VALUES ('odd', 'baseline', -4, 4, 0.5, '{c-1}', '{a,b}');
SELECT is((SELECT count(*) FROM alarm.signal AS g JOIN alarm.rule AS r ON r.id = g.rule_id WHERE r.name = 'odd'), 0::bigint, 'no baseline, no rule');
SELECT is(alarm.learn_baseline(ARRAY[pg_temp.id('a'), pg_temp.id('b')], '2025-01-01', '2025-02-01'), 1, 'one sensor has enough to learn from');
SELECT is((SELECT (round(g.low::numeric, 2), round(g.high::numeric, 2), round(g.deadband::numeric, 2))::text FROM alarm.signal AS g JOIN alarm.rule AS r ON r.id = g.rule_id WHERE r.name = 'odd'),
    '(38.14,61.86,1.48)', 'outliers do not bend it: 50 ± 4 · 1.4826 · 2');
SELECT pg_temp.give('a', '{1100,1101,1102}', '{61,62,61}');
SELECT is(pg_temp.story('odd'), 'raised@1101 62.000', 'limits and deadband are in the sensor''s own unit by then');
SELECT is((SELECT basis ->> 'samples' FROM alarm.signal AS g JOIN alarm.rule AS r ON r.id = g.rule_id WHERE r.name = 'odd'), '700', 'and the assignment says where they come from');

-- vibration zones
INSERT INTO alarm.rule (name, condition, severity, select_sensor_type) VALUES ('zone', 'iso_zone', 'high', '{vibration}');
SELECT results_eq($$SELECT g.equipment_id, g.high, g.high_high FROM alarm.signal AS g JOIN alarm.rule AS r ON r.id = g.rule_id WHERE r.name = 'zone' AND g.assigned AND g.equipment_id LIKE 'c-%'$$,
    $$VALUES ('c-1', 2.8::float8, 4.5::float8)$$, 'a zone only where class, power and unit are known and valid');
UPDATE plant.equipment SET specifications = '{"vibration_class": "III"}' WHERE id = 'c-3';
SELECT is((SELECT g.high_high FROM alarm.signal AS g JOIN alarm.rule AS r ON r.id = g.rule_id WHERE r.name = 'zone' AND g.assigned AND g.equipment_id = 'c-3'), 11.2::float8, 'a machine that is given a class gets its zone');
UPDATE plant.sensor SET unit = 'g' WHERE equipment_id = 'c-3' AND name = 'vib';
SELECT is((SELECT count(*) FROM alarm.signal AS g JOIN alarm.rule AS r ON r.id = g.rule_id WHERE r.name = 'zone' AND g.assigned AND g.equipment_id = 'c-3'), 0::bigint, 'another unit has none');
SELECT pg_temp.give('vib', '{1100,1101}', '{3,5}');
SELECT is((SELECT string_agg(t.level || ' ' || t.severity, ', ' ORDER BY t.id) FROM alarm.transition AS t JOIN alarm.alarm AS a ON a.id = t.alarm_id WHERE a.code = 'zone'), 'high high, high_high critical', 'zone C, zone D');

-- remaining life
INSERT INTO alarm.rule (name, condition, low_low, low, deadband, select_equipment) VALUES ('life', 'rul_below', 5, 20, 2, '{c-1}');
SELECT is(alarm.rul_estimate('c-1', pg_temp.at(0), 30) + alarm.rul_estimate('c-1', pg_temp.at(1), 19) + alarm.rul_estimate('c-1', pg_temp.at(2), 4)
    + alarm.rul_estimate('c-1', pg_temp.at(3), 21) + alarm.rul_estimate('c-1', pg_temp.at(4), 22), 4, 'RUL below: raised, worse, better, cleared');
SELECT is(alarm.rul_estimate('c-1', pg_temp.at(5), 'NaN'), 0, 'no number, no judgement');

-- expression
INSERT INTO alarm.rule (name, condition, high, parameters, select_equipment) VALUES
    ('sum', 'expression', 100, '{"expression": "abs(a - b) * 2 + 1e1"}', '{c-1}'), ('division', 'expression', 1, '{"expression": "a / (b - b)"}', '{c-1}');
SELECT pg_temp.give('b', '{1200}', '{4}');
SELECT is(pg_temp.judge(1201) > 0, true, 'judged');
SELECT is(pg_temp.story('sum'), 'raised@1200 124.000', '|61 - 4| · 2 + 10');
SELECT is((SELECT severity FROM alarm.alarm WHERE code = 'expression:division' AND active), 'medium', 'an expression that fails raises a system alarm');
UPDATE alarm.rule SET parameters = '{"expression": "a / b"}' WHERE name = 'division';
SELECT pg_temp.judge(1202);
SELECT is((SELECT count(*) FROM alarm.alarm WHERE code = 'expression:division' AND active), 0::bigint, 'which clears when it is mended');
SELECT is(pg_temp.refused(c::jsonb), 'MW422 parameters', c) FROM unnest(ARRAY[
    '{"condition": "expression", "high": 1, "parameters": {"expression": "a; DROP TABLE x"}}', '{"condition": "expression", "high": 1, "parameters": {"expression": "(SELECT 1)) + ("}}',
    '{"condition": "expression", "high": 1, "parameters": {"expression": "a || b"}}', '{"condition": "expression", "high": 1, "parameters": {"expression": "'' OR"}}',
    '{"condition": "expression", "high": 1, "parameters": {"expression": "(a"}}', '{"condition": "expression", "high": 1}',
    '{"condition": "windowed", "high": 1, "parameters": {"aggregate": "mode", "window": "5 min"}}', '{"condition": "windowed", "high": 1, "parameters": {"aggregate": "mean"}}',
    '{"condition": "windowed", "high": 1, "parameters": {"aggregate": "mean", "window": "soon"}}', '{"condition": "windowed", "high": 1, "parameters": {"aggregate": "mean", "window": "1 second"}}',
    '{"condition": "above", "high": 1, "parameters": {"step": 1}}', '{"condition": "rate_of_change", "high": 1, "parameters": {"step": -1}}', '{"condition": "model_verdict", "parameters": {"consecutive": 0.5}}',
    '{"condition": "two_signal", "high": 1}']) AS c;
SELECT throws_ok($$SELECT alarm.backtest(id, '2026-01-01', '2026-01-02') FROM alarm.rule WHERE name = 'sum'$$, 'MW422', NULL, 'an expression has no history');

-- floods
UPDATE ops.setting SET value = '"suppress"' WHERE name = 'alarm.flood_action';
UPDATE alarm.system_condition SET high = 3, deadband = 1 WHERE name = 'flood';
SELECT is(alarm.watch_floods(pg_temp.at(1300)), 1, 'more than three alarms in ten minutes are a flood');
SELECT is((SELECT severity FROM alarm.alarm WHERE code = 'flood:c-1' AND active), 'high', 'which is an alarm itself');
INSERT INTO alarm.rule (name, condition, high, select_equipment, select_sensor) VALUES ('late', 'above', 1, '{c-1}', '{b}');
SELECT pg_temp.give('b', '{1301}', '{4}');
SELECT is((SELECT suppressed_by FROM alarm.alarm WHERE code = 'late'), '{flood}', 'and suppresses the others');
SELECT is(alarm.watch_floods(pg_temp.at(3000)), 0, 'it ends');
SELECT alarm.tick(pg_temp.at(3001));
SELECT is((SELECT suppressed_by FROM alarm.alarm WHERE code = 'late'), '{}', 'with what it suppressed');
SELECT * FROM finish();
ROLLBACK;
