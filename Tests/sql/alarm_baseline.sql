-- Baselines per operating state and hour of the week: learned, judged live, backtested.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
INSERT INTO plant.equipment (id, name) VALUES ('b-1', 'b'), ('b-2', 'b');
INSERT INTO plant.sensor (equipment_id, name, type) SELECT e, n, 'current' FROM unnest('{b-1,b-2}'::text[]) AS e, unnest('{load,current,temp}'::text[]) AS n;
CREATE FUNCTION pg_temp.id(text, text DEFAULT 'b-1') RETURNS integer LANGUAGE sql AS $$ SELECT id FROM plant.sensor WHERE equipment_id = $2 AND name = $1 $$;
CREATE FUNCTION pg_temp.judge("to" timestamptz) RETURNS integer LANGUAGE sql AS $$ SELECT alarm.judge_derived("to" + ops.setting_interval('alarm.tick_grace')) $$;
CREATE FUNCTION pg_temp.story(rule text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s %s %s', t.kind, to_char(t.occurred_at AT TIME ZONE 'UTC', 'MM-DD HH24:MI:SS'), round(t.value::numeric, 1)), '; ' ORDER BY t.id)
    FROM alarm.transition AS t JOIN alarm.alarm AS a ON a.id = t.alarm_id WHERE a.code = rule $$;
CREATE FUNCTION pg_temp.backtest(name text, "from" timestamptz, "to" timestamptz) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s %s', x.t ->> 'kind', to_char((x.t ->> 'time')::timestamptz AT TIME ZONE 'UTC', 'MM-DD HH24:MI:SS')), '; ' ORDER BY x.t ->> 'time')
    FROM alarm.backtest((SELECT r.id FROM alarm.rule AS r WHERE r.name = backtest.name), "from", "to") AS b, jsonb_array_elements(b.transitions) AS x (t) $$;

-- states are told by one sensor in bands that do not overlap
INSERT INTO alarm.operating_state (equipment_id, state, sensor, low, high) VALUES ('b-1', 'idle', 'load', 1, 20), ('b-1', 'full', 'load', 20, 'Infinity');
SELECT throws_ok($$INSERT INTO alarm.operating_state VALUES ('b-1', 'half', 'load', 10, 15)$$, 'MW422', NULL, 'bands that overlap');
SELECT throws_ok($$INSERT INTO alarm.operating_state VALUES ('b-1', 'half', 'current', 0, 1)$$, 'MW422', NULL, 'a second sensor');
SELECT throws_ok($$UPDATE alarm.operating_state SET high = 21 WHERE state = 'idle'$$, 'MW422', NULL, 'a band that grows into the next');
SELECT throws_ok($$INSERT INTO alarm.operating_state VALUES ('b-1', 'each', 'load', -2, -1)$$, '23514', NULL, 'each is no name');
SELECT throws_ok($$INSERT INTO alarm.operating_state VALUES ('b-1', 'odd', 'load', 0.5, 0.5)$$, '23514', NULL, 'an empty band');
SELECT throws_ok($$INSERT INTO alarm.operating_state VALUES ('b-1', 'odd', 'rpm', 0, 0.5)$$, '23503', NULL, 'a sensor that the machine has not');
-- from when to when
INSERT INTO telemetry.reading (time, value, sensor_id)
SELECT timestamptz '2025-01-01 00:00Z' + s * INTERVAL '1 hour', v, pg_temp.id('load') FROM (VALUES (0, 5), (1, 6), (2, 50), (3, 0), (4, 30), (40, 30)) AS x (s, v);
SELECT results_eq($$SELECT state, to_char(since AT TIME ZONE 'UTC', 'DD HH24'), to_char(until AT TIME ZONE 'UTC', 'DD HH24') FROM alarm.state_runs('b-1', '2025-01-01', '2025-01-03') ORDER BY since$$,
    $$VALUES ('idle', '01 00', '01 02'), ('full', '01 02', '01 03'), ('full', '01 04', '02 04'), ('full', '02 16', '03 16')$$, 'a state holds until the next value, a day at most; a value in no band is no state');
SELECT is((SELECT count(*) FROM alarm.state_runs('b-2', '2025-01-01', '2025-01-03')), 0::bigint, 'a machine without states has none');

-- learned all at once: idle about 10, full about 100
INSERT INTO telemetry.reading (time, value, sensor_id)
SELECT timestamptz '2025-01-06 00:00Z' + i * INTERVAL '1 minute', CASE WHEN i / 60 % 2 = 0 THEN 5 ELSE 50 END, pg_temp.id('load') FROM generate_series(0, 1439) AS i
UNION ALL
SELECT timestamptz '2025-01-06 00:00Z' + i * INTERVAL '1 minute', CASE WHEN i / 60 % 2 = 0 THEN 10 ELSE 100 END + i % 5 - 2, pg_temp.id('current') FROM generate_series(0, 1439) AS i;
INSERT INTO alarm.rule (name, condition, low, high, deadband, parameters, select_equipment, select_sensor) VALUES ('by state', 'baseline', -4, 4, 1, '{"state": "each", "window": "1 hour"}', '{b-*}', '{current}');
SELECT is((SELECT why FROM alarm.rule_assignment WHERE rule = 'by state' AND equipment_id = 'b-1'), 'the sensor has no baseline of a state of its machine: alarm.operating_state, alarm.learn_baseline', 'not learned yet, and the view says so');
SELECT is(alarm.learn_baseline(ARRAY[pg_temp.id('current'), pg_temp.id('current', 'b-2')], '2025-01-06', '2025-01-07'), 1, 'one sensor has values');
SELECT results_eq($$SELECT state, hour_of_week::integer, centre, round(spread::numeric, 4), samples FROM alarm.baseline WHERE sensor_id = pg_temp.id('current') ORDER BY state$$,
    $$VALUES ('*', -1, 55::float8, 66.7170, 1440::bigint), ('full', -1, 100, 1.4826, 720), ('idle', -1, 10, 1.4826, 720)$$, 'overall and each state');
SELECT results_eq($$SELECT equipment_id, live, low, high, basis -> 'states' FROM alarm.signal WHERE assigned AND rule_id = (SELECT id FROM alarm.rule WHERE name = 'by state')$$,
    $$VALUES ('b-1', false, -4::float8, 4::float8, '["full", "idle"]'::jsonb)$$, 'assigned by itself, limits in spreads, judged by the job');

-- judged by the state that held: 100 is normal in full and not in idle; without a state nothing is
SELECT pg_temp.judge('2026-02-02 00:00Z') \g /dev/null
INSERT INTO telemetry.reading (time, value, sensor_id)
SELECT timestamptz '2026-02-02 00:00Z' + s * INTERVAL '1 second', v, pg_temp.id(n) FROM (VALUES
    (1, 'current', 500), (10, 'load', 50), (11, 'current', 101), (20, 'load', 5), (21, 'current', 101), (22, 'current', 11), (30, 'load', 50), (30, 'current', 10), (31, 'current', 99),
    (40, 'load', 0), (41, 'current', 10), (50, 'load', 50), (3651, 'current', 10)) AS x (s, n, v);
SELECT pg_temp.judge('2026-02-02 00:00:35Z') \g /dev/null
SELECT pg_temp.judge('2026-02-02 01:00Z') \g /dev/null
SELECT pg_temp.judge('2026-02-02 02:00Z') \g /dev/null
SELECT is(pg_temp.story('by state'), 'raised 02-02 00:00:21 61.4; cleared 02-02 00:00:22 0.7; raised 02-02 00:00:30 -60.7; cleared 02-02 00:00:31 -0.7', 'each value against the baseline of the state that held, from the very moment of the state''s value');
SELECT is(pg_temp.backtest('by state', '2026-02-02 00:00Z', '2026-02-02 02:00Z'), 'raised 02-02 00:00:21; cleared 02-02 00:00:22; raised 02-02 00:00:30; cleared 02-02 00:00:31', 'backtest agrees');
SELECT results_eq($$SELECT (e.basis ->> 'state'), (e.basis ->> 'centre')::float8 FROM alarm.alarm AS a CROSS JOIN LATERAL alarm.explain(a.id) AS e WHERE a.code = 'by state' ORDER BY a.raised_at$$,
    $$VALUES ('idle', 10::float8), ('full', 100)$$, 'explain names the state and what is normal in it');
DELETE FROM alarm.operating_state WHERE state = 'idle';
SELECT is((SELECT basis -> 'states' FROM alarm.signal WHERE assigned AND rule_id = (SELECT id FROM alarm.rule WHERE name = 'by state')), '["full"]', 'states that change change the assignment');
DELETE FROM alarm.rule WHERE name = 'by state';

-- by hour of the week, in the plant's time zone: three weeks of temp, warm on weekdays from 8 to 18 in Seoul
UPDATE ops.setting SET value = '"Asia/Seoul"' WHERE name = 'plant.time_zone';
INSERT INTO telemetry.reading (time, value, sensor_id)
SELECT t.at, CASE WHEN extract(isodow FROM t.wall) <= 5 AND extract(hour FROM t.wall) BETWEEN 8 AND 17 THEN 60 ELSE 20 END + i % 3 - 1, pg_temp.id('temp')
FROM generate_series(0, 3 * 7 * 24 * 12 - 1) AS i, LATERAL (SELECT timestamptz '2025-03-02 15:00Z' + i * INTERVAL '5 minutes' AS at, (timestamptz '2025-03-02 15:00Z' + i * INTERVAL '5 minutes') AT TIME ZONE 'Asia/Seoul' AS wall) AS t;
SELECT is(alarm.hour_of_week('2025-03-02 15:00Z', 'Asia/Seoul'), 0, 'Monday, 0 o''clock there');
SELECT is(alarm.hour_of_week('2025-03-30 00:59Z', 'Europe/Berlin') || ' ' || alarm.hour_of_week('2025-03-30 01:00Z', 'Europe/Berlin'), '145 147', 'by the clock on the wall, when that is changed too');
SELECT throws_ok($$SELECT alarm.learn_baseline('{}', '2025-03-01', '2025-04-01', season => 'moon')$$, 'MW422', NULL, 'no such season');
SELECT is(alarm.learn_baseline(ARRAY[pg_temp.id('temp')], '2025-03-01', '2025-04-01', minimum_samples => 30, season => 'hour_of_week'), 1, 'learned');
SELECT is((SELECT (count(*), count(*) FILTER (WHERE centre = 60), min(samples))::text FROM alarm.baseline WHERE sensor_id = pg_temp.id('temp') AND hour_of_week >= 0), '(168,50,36)', '168 hours, fifty of them warm');
DELETE FROM alarm.baseline WHERE sensor_id = pg_temp.id('temp') AND hour_of_week = 15;
INSERT INTO alarm.rule (name, condition, low, high, parameters, select_equipment, select_sensor) VALUES ('by hour', 'baseline', -4, 4, '{"season": "hour_of_week"}', '{b-1}', '{temp}'), ('plain', 'baseline', -4, 4, '{}', '{b-1}', '{temp}');
SELECT pg_temp.judge('2026-02-02 03:00Z') \g /dev/null
-- Monday 2 February 2026: 12:00 and 22:00 in Seoul, then 15:00, whose hour was not learned, Tuesday 3:00
INSERT INTO telemetry.reading (time, value, sensor_id) SELECT t::timestamptz, v, pg_temp.id('temp') FROM (VALUES ('2026-02-02 03:00:01Z', 60), ('2026-02-02 06:30Z', 60), ('2026-02-02 13:00Z', 60), ('2026-02-02 18:00Z', 20)) AS x (t, v);
SELECT pg_temp.judge('2026-02-02 03:30Z') \g /dev/null
SELECT pg_temp.judge('2026-02-02 04:20Z') \g /dev/null
SELECT pg_temp.judge('2026-02-02 05:10Z') \g /dev/null
SELECT pg_temp.judge('2026-02-02 06:00Z') \g /dev/null
SELECT pg_temp.judge('2026-02-02 06:59Z') \g /dev/null
SELECT pg_temp.judge('2026-02-02 12:59Z') \g /dev/null
SELECT pg_temp.judge('2026-02-02 13:01Z') \g /dev/null
SELECT pg_temp.judge('2026-02-02 18:01Z') \g /dev/null
SELECT is(split_part(pg_temp.story('by hour'), ';', 1), 'raised 02-02 06:30:00 13.2', 'noon is warm; an hour that was not learned is judged by all hours together');
SELECT is(pg_temp.backtest('by hour', '2026-02-02 03:00Z', '2026-02-02 19:00Z'), 'raised 02-02 06:30:00; cleared 02-02 18:00:00', 'backtest: ten in the evening should be cool');
SELECT is(pg_temp.story('by hour'), 'raised 02-02 06:30:00 13.2; cleared 02-02 18:00:00 0.0', 'and so the job');
SELECT results_eq($$SELECT (alarm.baseline_cell(pg_temp.id('temp'), '{"season": "hour_of_week"}', t::timestamptz) ->> 'hour_of_week')::integer FROM unnest('{2026-02-02 03:00Z,2026-02-02 06:30Z}'::text[]) AS t$$, 'VALUES (12), (-1)', 'the cell of each');
SELECT is(alarm.try_rule((SELECT to_jsonb(r) FROM alarm.rule AS r WHERE r.name = 'by hour'), '[[0, 3], [1, 5], [2, 0]]', 3, pg_temp.id('temp')), '[["raised", 1, "high"], ["cleared", 2, "high"]]', 'a rule test gives deviations');
SELECT is((SELECT (g.live, g.low)::text FROM alarm.signal AS g JOIN alarm.rule AS r ON r.id = g.rule_id WHERE r.name = 'plain' AND g.assigned), (SELECT (true, centre - 4 * spread)::text FROM alarm.baseline WHERE sensor_id = pg_temp.id('temp') AND hour_of_week = -1), 'a rule without season is judged by ingest as before');
SELECT is(alarm.learn_baseline(ARRAY[pg_temp.id('temp')], '2025-03-01', '2025-04-01'), 1, 'learned again without season');
SELECT is((SELECT count(*) FROM alarm.baseline WHERE sensor_id = pg_temp.id('temp')), 1::bigint, 'no hours of another time stay behind');
SELECT throws_ok(format('INSERT INTO alarm.rule (name, condition, high, parameters) VALUES (''x'', ''baseline'', 4, %L)', p), 'MW422', NULL, p)
FROM unnest('{"{\"season\": \"month\"}","{\"window\": \"1 hour\"}","{\"state\": \"each\", \"window\": \"x\"}"}'::text[]) AS p;
SELECT * FROM finish();
ROLLBACK;
