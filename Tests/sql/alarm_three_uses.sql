-- One state machine, three uses: ingest, backtest and rule tests give the same alarms for the same samples.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
SELECT setseed(0.7);
INSERT INTO plant.equipment (id, name) VALUES ('uses', 'u');
INSERT INTO plant.sensor (equipment_id, name, type) SELECT 'uses', 's' || i, 'current' FROM generate_series(1, 32) AS i;
INSERT INTO alarm.rule (name, condition, low_low, low, high, high_high, deadband, on_delay, off_delay, chatter_count, chatter_window, chatter_quiet, latched, select_equipment, select_sensor, parameters)
SELECT 'u' || i, c.name, CASE WHEN c.name = 'outside' AND i % 3 = 0 THEN 10 END, CASE WHEN c.name IN ('below', 'outside', 'inside') THEN 30 END,
       CASE WHEN c.name = 'rate_of_change' THEN 5 WHEN c.name = 'flat_line' THEN 4 WHEN c.name <> 'below' THEN 70 END,
       CASE WHEN c.name IN ('above', 'outside') AND i % 2 = 0 THEN 90 END,
       (random() * 5)::integer, make_interval(secs => (random() * 6)::integer), make_interval(secs => (random() * 6)::integer),
       CASE WHEN i % 4 <> 0 THEN 2 + i % 4 END, '40 s', '7 s', i = 30, '{uses}', ARRAY['s' || i],
       CASE WHEN c.name = 'rate_of_change' THEN '{"step": 2}'::jsonb WHEN c.name = 'flat_line' THEN '{"epsilon": 6}' ELSE '{}' END
FROM generate_series(1, 32) AS i, LATERAL (SELECT ('{above,below,outside,inside,above,outside,rate_of_change,flat_line}'::text[])[1 + i % 8] AS name) AS c;
INSERT INTO telemetry.reading (time, value, sensor_id)
SELECT timestamptz '2026-01-01 00:00Z' + make_interval(secs => sum(1 + (random() * 4)::integer) OVER (PARTITION BY i ORDER BY k)),
       CASE WHEN random() < 0.3 THEN random() * 100 ELSE 50 + 45 * sin(k / (3 + i % 7)::float8) END, s.id
FROM generate_series(1, 32) AS i JOIN plant.sensor AS s ON s.equipment_id = 'uses' AND s.name = 's' || i, generate_series(1, 300) AS k;

-- 1. ingest
SELECT alarm.evaluate_batch(array_agg(r.sensor_id ORDER BY r.sensor_id, r.time), array_agg(r.time ORDER BY r.sensor_id, r.time), array_agg(r.value ORDER BY r.sensor_id, r.time))
FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id AND s.equipment_id = 'uses';
SELECT alarm.tick('2026-01-01 06:00Z'::timestamptz + ops.setting_interval('alarm.tick_grace'));
CREATE TEMP TABLE live AS
SELECT s.name, t.kind, t.occurred_at, t.level, t.severity FROM alarm.transition AS t JOIN alarm.alarm AS a ON a.id = t.alarm_id
JOIN plant.sensor AS s ON s.id = a.sensor_id WHERE s.equipment_id = 'uses' AND t.kind <> 'chatter_started';
-- 2. backtest
CREATE TEMP TABLE tested AS
SELECT r.name AS rule, b.* FROM alarm.rule AS r CROSS JOIN LATERAL alarm.backtest(r.id, '2026-01-01 00:00Z', '2026-01-01 06:00Z') AS b WHERE r.name ~ '^u\d';
-- 3. rule tests
CREATE TEMP TABLE tried AS
SELECT s.name, alarm.try_rule(to_jsonb(r), (SELECT jsonb_agg(jsonb_build_array(extract(epoch FROM d.time - '2026-01-01 00:00Z')::float8, d.value)) FROM telemetry.reading AS d WHERE d.sensor_id = s.id), 6 * 3600) AS answer
FROM plant.sensor AS s JOIN alarm.rule AS r ON r.name = 'u' || substr(s.name, 2) WHERE s.equipment_id = 'uses';

SELECT cmp_ok((SELECT count(*) FROM live), '>', 1000::bigint, 'more than a thousand transitions');
SELECT results_eq(
    $$SELECT b.sensor, x.t ->> 'kind', (x.t ->> 'time')::timestamptz, x.t ->> 'level', x.t ->> 'severity' FROM tested AS b, jsonb_array_elements(b.transitions) AS x (t) ORDER BY 1, 3, 2, 4$$,
    $$SELECT name, kind, occurred_at, level, severity FROM live ORDER BY 1, 3, 2, 4$$, 'backtest: the transitions of ingest');
SELECT results_eq(
    $$SELECT name, x.t ->> 0, timestamptz '2026-01-01 00:00Z' + make_interval(secs => (x.t ->> 1)::float8), x.t ->> 2 FROM tried, jsonb_array_elements(answer) AS x (t) ORDER BY 1, 3, 2, 4$$,
    $$SELECT name, kind, occurred_at, level FROM live ORDER BY 1, 3, 2, 4$$, 'rule tests: the transitions of ingest');
SELECT results_eq(
    $$SELECT sensor, raised_at, cleared_at, value, chattering FROM tested WHERE sensor NOT IN (SELECT 's' || substr(name, 2) FROM alarm.rule WHERE condition IN ('rate_of_change', 'flat_line')) ORDER BY 1, 2$$,
    $$SELECT s.name, a.raised_at, a.cleared_at, t.value, a.chattering FROM alarm.alarm AS a JOIN plant.sensor AS s ON s.id = a.sensor_id JOIN alarm.transition AS t ON t.alarm_id = a.id AND t.kind = 'raised'
      WHERE a.equipment_id = 'uses' AND a.condition NOT IN ('rate_of_change', 'flat_line') ORDER BY 1, 2$$, 'backtest: the alarms of ingest, with start, end and value');
SELECT is((SELECT count(*) FROM tested AS b JOIN alarm.alarm AS a ON a.sensor_id = b.sensor_id AND a.raised_at = b.raised_at
           WHERE a.cleared_at IS NOT NULL AND jsonb_array_length(b.transitions) = 2 AND a.peak_value IS DISTINCT FROM b.peak_value AND a.condition IN ('above', 'below')), 0::bigint, 'and their peaks');

-- the table of tests
INSERT INTO alarm.rule_test (rule_id, name, samples, until, expected)
SELECT r.id, 'good', '[[0, 0], [1, 80], [30, 0]]', 60, alarm.try_rule(to_jsonb(r), '[[0, 0], [1, 80], [30, 0]]', 60) FROM alarm.rule AS r WHERE r.name = 'u4';
INSERT INTO alarm.rule_test (rule_id, name, samples, until, expected) SELECT r.id, 'wrong', '[[0, 0], [1, 80]]', 60, '[["raised", 59]]' FROM alarm.rule AS r WHERE r.name = 'u4';
SELECT results_eq('SELECT test, passed FROM alarm.run_rule_tests()', $$VALUES ('good', true), ('wrong', false)$$, 'run_rule_tests says which fail');
UPDATE alarm.rule_test SET expected = jsonb_build_array(jsonb_build_array('raised', (expected -> 0 ->> 1)::float8), expected -> 1) WHERE name = 'good';
SELECT is((SELECT passed FROM alarm.run_rule_tests() WHERE test = 'good'), true, 'an expectation may leave the limit out');

-- changes
SELECT is((SELECT count(*) FROM alarm.backtest((SELECT id FROM alarm.rule WHERE name = 'u4'), '2026-01-01', '2026-01-02', '{"high": 1000, "high_high": null}')), 0::bigint, 'changes are laid over the rule');
SELECT throws_ok($$SELECT * FROM alarm.backtest((SELECT id FROM alarm.rule WHERE name = 'u4'), '2026-01-01', '2026-01-02', '{"high": null}')$$, 'MW422', NULL, 'and refused as a write would be');
SELECT throws_ok($$SELECT * FROM alarm.backtest(-1, '2026-01-01', '2026-01-02')$$, 'MW404', NULL, 'no such rule');
SELECT throws_ok($$SELECT * FROM alarm.backtest((SELECT id FROM alarm.rule WHERE name = 'u4'), '2026-01-02', '2026-01-01')$$, 'MW422', NULL, 'to before from');
INSERT INTO alarm.known_fault (equipment_id, starts_at, ends_at) SELECT 'uses', min(raised_at) - INTERVAL '1 s', min(raised_at) + INTERVAL '1 min' FROM tested WHERE rule = 'u4';
SELECT is((SELECT (faults, faults_found, true_alarms > 0, alarms = true_alarms + false_alarms, median_lead)::text FROM alarm.backtest_summary((SELECT id FROM alarm.rule WHERE name = 'u4'), '2026-01-01', '2026-01-02')),
    '(1,1,t,t,00:00:01)', 'the summary holds alarms against known faults');
SELECT is((SELECT string_agg(setting || ' ' || (alarms > 0), ', ' ORDER BY setting) FROM alarm.compare_backtest((SELECT id FROM alarm.rule WHERE name = 'u4'), '2026-01-01', '2026-01-02', '{"high": 1000, "high_high": null}')),
    'changed false, other true', 'two settings in one call');
SELECT is((SELECT jsonb_array_length(alarm.backtest_report(id, '2026-01-01', '2026-01-02') -> 'alarms') FROM alarm.rule WHERE name = 'u4'), (SELECT count(*)::integer FROM tested WHERE rule = 'u4'), 'the same as JSON');
SELECT * FROM finish();
ROLLBACK;
