-- The condition multivariate: sums and models against a naive oracle, invariance, correlations that break, live and backtest, and what
-- makes a machine learn anew.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
SET client_min_messages = warning;
SELECT setseed(0.3);
UPDATE ops.setting SET value = '"2 hours"' WHERE name = 'plant.fault_lead';
CREATE FUNCTION pg_temp.at(minutes float8) RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz '2026-03-01 00:00Z' + minutes * INTERVAL '1 minute' $$;
CREATE FUNCTION pg_temp.sensor(e text, n text) RETURNS integer LANGUAGE sql AS $$ SELECT id FROM plant.sensor WHERE equipment_id = e AND name = n $$;
CREATE FUNCTION pg_temp.heard() RETURNS void LANGUAGE sql AS $$
    UPDATE telemetry.latest AS l SET time = r.time, received_at = r.time FROM (SELECT sensor_id, max(time) AS time FROM telemetry.reading GROUP BY sensor_id) AS r WHERE r.sensor_id = l.sensor_id $$;
INSERT INTO plant.equipment (id, name, type) SELECT 'm-' || i, 'm', 'pump' FROM generate_series(1, 5) AS i;
INSERT INTO plant.sensor (equipment_id, name, type) SELECT 'm-' || i, n, t FROM generate_series(1, 4) AS i, (VALUES ('a', 'temperature'), ('b', 'current'), ('c', 'pressure')) AS v (n, t);
INSERT INTO plant.sensor (equipment_id, name, type) VALUES ('m-3', 'speed', 'speed'), ('m-5', 'a', 'temperature');
INSERT INTO alarm.operating_state (equipment_id, state, sensor, low, high) VALUES ('m-3', 'slow', 'speed', 0, 100), ('m-3', 'fast', 'speed', 100, 1000), ('m-3', 'reverse', 'speed', -100, 0);

-- a day, two readings a minute: b follows a, c does not. m-2 measures the same in other units
CREATE TEMP TABLE load AS
SELECT k, sin(k / 50.0) + random() * 0.2 AS x, random() - 0.5 AS n, random() - 0.5 AS c FROM generate_series(0, 2 * 1439) AS k;
INSERT INTO telemetry.reading (time, value, sensor_id)
SELECT pg_temp.at(l.k / 2.0), CASE s.name WHEN 'a' THEN 60 + 5 * l.x WHEN 'b' THEN 10 + 2 * l.x + 0.1 * l.n ELSE 3 + l.c END
       * CASE WHEN s.equipment_id <> 'm-2' THEN 1 WHEN s.name = 'a' THEN 1000 WHEN s.name = 'b' THEN -0.01 ELSE 1e6 END
       + CASE WHEN s.equipment_id = 'm-2' THEN 273.15 ELSE 0 END, s.id
FROM load AS l, plant.sensor AS s WHERE s.equipment_id IN ('m-1', 'm-2', 'm-4', 'm-5') AND s.name <> 'speed';
-- m-3: an hour slow, an hour fast, and its signals differ by state
INSERT INTO telemetry.reading (time, value, sensor_id)
SELECT pg_temp.at(l.k / 2.0), CASE s.name WHEN 'a' THEN 60 + 20 * f.fast + l.n WHEN 'b' THEN 10 + 5 * f.fast + l.c WHEN 'speed' THEN 50 + 100 * f.fast + l.x ELSE 3 + l.c END, s.id
FROM load AS l, LATERAL (SELECT l.k / 120 % 2 AS fast) AS f, plant.sensor AS s WHERE s.equipment_id = 'm-3';

SELECT is(alarm.learn_multivariate(pg_temp.at(10)), 0, 'nothing is finished: no model');
SELECT results_eq($$SELECT equipment_id, state, is_judged, why_not FROM alarm.multivariate_status WHERE equipment_id = 'm-1'$$,
    $$VALUES ('m-1', '*', false, 'too little of it is known yet')$$, 'and it says so');
SELECT is(alarm.learn_multivariate(pg_temp.at(1450)), 5, 'three machines, and two states of another: a machine of one signal has none');
SELECT results_eq($$SELECT equipment_id, state, sum(samples), count(*) FROM alarm.multivariate_hour WHERE equipment_id IN ('m-1', 'm-3') GROUP BY 1, 2 ORDER BY 1, 2$$,
    $$VALUES ('m-1', '*', 1440::bigint, 24::bigint), ('m-3', 'fast', 720, 12), ('m-3', 'slow', 720, 12)$$, 'every minute of every hour is in the sums');

-- the oracle: means, deviations and correlations of the minutes as they are
CREATE TEMP TABLE minute AS
SELECT s.equipment_id, date_trunc('minute', r.time) AS minute, avg(r.value) FILTER (WHERE s.name = 'a') AS a, avg(r.value) FILTER (WHERE s.name = 'b') AS b,
       avg(r.value) FILTER (WHERE s.name = 'c') AS c
FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id WHERE s.equipment_id IN ('m-1', 'm-2', 'm-4') GROUP BY 1, 2;
CREATE FUNCTION pg_temp.worst(p_equipment text, p_where text DEFAULT 'true') RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE o record; v_worst float8;
BEGIN
    EXECUTE format('SELECT count(*) AS n, avg(a) AS a, avg(b) AS b, avg(c) AS c, stddev_samp(a) AS sa, stddev_samp(b) AS sb, stddev_samp(c) AS sc, corr(a, b) AS ab, corr(a, c) AS ac, corr(b, c) AS bc
                    FROM minute WHERE equipment_id = %L AND minute < pg_temp.at(1440) AND %s', p_equipment, p_where) INTO o;
    SELECT greatest(abs(m.samples - o.n), abs(m.centre[1] / o.a - 1), abs(m.centre[2] / o.b - 1), abs(m.centre[3] / o.c - 1),
           abs(m.spread[1] / o.sa - 1), abs(m.spread[2] / o.sb - 1), abs(m.spread[3] / o.sc - 1),
           abs(m.correlation[2] - (1 - m.shrinkage) * o.ab), abs(m.correlation[3] - (1 - m.shrinkage) * o.ac), abs(m.correlation[6] - (1 - m.shrinkage) * o.bc),
           abs(m.correlation[8] - m.correlation[6])) INTO v_worst
    FROM alarm.multivariate_model AS m WHERE m.equipment_id = p_equipment;
    RETURN v_worst;
END $$;
SELECT ok(pg_temp.worst('m-1') < 1e-9, format('m-1: as if worked out at once (%s)', pg_temp.worst('m-1')));
SELECT ok(pg_temp.worst('m-2') < 1e-7, format('m-2 in other units, too (%s)', pg_temp.worst('m-2')));
SELECT ok((SELECT abs(m.centre[1] - 60) < 0.1 AND abs(f.centre[1] - 80) < 0.1 FROM alarm.multivariate_model AS m, alarm.multivariate_model AS f WHERE m.equipment_id = 'm-3' AND m.state = 'slow' AND f.equipment_id = 'm-3' AND f.state = 'fast'), 'each state has its own');
SELECT is_empty($$SELECT FROM alarm.multivariate_model WHERE equipment_id = 'm-5'$$, 'one signal is not several');
SELECT ok(bool_and(t2_limit >= t2_theory AND q_limit >= q_theory AND tested > 700), 'thresholds are at least what theory says') FROM alarm.multivariate_model;
SELECT ok(count(*) FILTER (WHERE s.t2 > s.t2_limit OR s.q > s.q_limit) = 0, 'with a margin none of what it learned from is odd') FROM alarm.multivariate_scores('m-1', pg_temp.at(0), pg_temp.at(1440)) AS s;

-- then a and b each stay within what they do, but not together; later c leaps
CREATE TEMP TABLE after AS SELECT k, sin(k / 50.0) AS x FROM generate_series(2 * 1440, 2 * 1620) AS k;
INSERT INTO telemetry.reading (time, value, sensor_id)
SELECT pg_temp.at(l.k / 2.0), CASE s.name WHEN 'a' THEN 60 + 5 * l.x WHEN 'b' THEN 10 + 2 * CASE WHEN l.k BETWEEN 2940 AND 2979 THEN l.x - 1.5 * sign(l.x) ELSE l.x END ELSE 3 + CASE WHEN l.k BETWEEN 3040 AND 3059 THEN 2 ELSE 0 END END
       * CASE WHEN s.equipment_id <> 'm-2' THEN 1 WHEN s.name = 'a' THEN 1000 WHEN s.name = 'b' THEN -0.01 ELSE 1e6 END
       + CASE WHEN s.equipment_id = 'm-2' THEN 273.15 ELSE 0 END, s.id
FROM after AS l, plant.sensor AS s WHERE s.equipment_id IN ('m-1', 'm-2');
SELECT ok(max(abs(x.t2 / y.t2 - 1)) < 1e-6 AND max(abs(x.q / y.q - 1)) < 1e-6 AND count(*) > 1520, format('T² and Q do not know units: %s', max(abs(x.t2 / y.t2 - 1))))
FROM alarm.multivariate_scores('m-1', pg_temp.at(0), pg_temp.at(1620)) AS x JOIN alarm.multivariate_scores('m-2', pg_temp.at(0), pg_temp.at(1620)) AS y USING (time);

SELECT alarm.learn_baseline(array_agg(id), pg_temp.at(0), pg_temp.at(1440)) FROM plant.sensor WHERE equipment_id = 'm-1' \g /dev/null
INSERT INTO alarm.rule (name, condition, low, high, select_equipment) VALUES ('each by itself', 'baseline', -3, 3, '{m-1}');
INSERT INTO alarm.rule (name, condition, high, high_high, deadband, on_delay, select_equipment) VALUES ('together', 'multivariate', 1, 20, 0.1, '2 minutes', '{m-1,m-3}');
INSERT INTO alarm.rule (name, condition, high, parameters, select_equipment) VALUES ('only t2', 'multivariate', 1, '{"statistic": "t2"}', '{m-1}');
SELECT throws_ok($$INSERT INTO alarm.rule (name, condition, high, parameters) VALUES ('x', 'multivariate', 1, '{"statistic": "x"}')$$, 'MW422', NULL, 'no such statistic');
SELECT throws_ok($$INSERT INTO alarm.rule (name, condition, low) VALUES ('x', 'multivariate', 1)$$, 'MW422', NULL, 'a lower limit means nothing');
SELECT pg_temp.heard() \g /dev/null
SELECT alarm.judge_derived(pg_temp.at(1441)) \g /dev/null
DO $$ BEGIN FOR i IN 0 .. 30 LOOP PERFORM alarm.judge_derived(pg_temp.at(1441 + 6 * i + random())); END LOOP; END $$;
SELECT alarm.judge_derived(pg_temp.at(1622)) \g /dev/null
CREATE TEMP TABLE live AS SELECT a.code, a.id, a.raised_at, a.cleared_at, t.kind, t.occurred_at, t.level, t.value FROM alarm.alarm AS a JOIN alarm.transition AS t ON t.alarm_id = a.id WHERE a.condition = 'multivariate';
SELECT results_eq($$SELECT DISTINCT raised_at, cleared_at FROM live WHERE code = 'together' ORDER BY 1$$, $$VALUES (pg_temp.at(1473), pg_temp.at(1491)), (pg_temp.at(1523), pg_temp.at(1531))$$,
    'found: two minutes after the first odd minute ended, until the first good one did');
SELECT results_eq($$SELECT b.raised_at, b.cleared_at, b.level FROM alarm.backtest((SELECT id FROM alarm.rule WHERE name = 'each by itself'), pg_temp.at(1441), pg_temp.at(1500)) AS b WHERE b.sensor IN ('a', 'b')$$,
    'SELECT NULL::timestamptz, NULL::timestamptz, NULL::text WHERE false', 'limits of each by itself see nothing of what broke the correlation');
SELECT results_eq($$SELECT x.t ->> 'kind', (x.t ->> 'time')::timestamptz, x.t ->> 'level' FROM alarm.backtest((SELECT id FROM alarm.rule WHERE name = 'together'), pg_temp.at(1440), pg_temp.at(1620)) AS b, jsonb_array_elements(b.transitions) AS x (t) WHERE b.equipment_id = 'm-1' ORDER BY 2, 1$$,
    $$SELECT kind, occurred_at, level FROM live WHERE code = 'together' ORDER BY 2, 1$$, 'backtest: the very transitions of the job');
SELECT results_eq($$SELECT x.t ->> 'kind', (x.t ->> 'time')::timestamptz FROM alarm.backtest((SELECT id FROM alarm.rule WHERE name = 'only t2'), pg_temp.at(1440), pg_temp.at(1620), source => '1m') AS b, jsonb_array_elements(b.transitions) AS x (t) ORDER BY 2, 1$$,
    $$SELECT kind, occurred_at FROM live WHERE code = 'only t2' ORDER BY 2, 1$$, 'of minutes, too: it is made of them');
SELECT results_eq($$SELECT x.t ->> 0, date_trunc('seconds', pg_temp.at(1440) + make_interval(secs => (x.t ->> 1)::float8)) FROM alarm.rule AS r, alarm.signal AS g, LATERAL (SELECT jsonb_agg(jsonb_build_array(extract(epoch FROM s.time - pg_temp.at(1440))::float8, s.value)) AS samples
      FROM alarm.series(r, g, pg_temp.at(1440), pg_temp.at(1620)) AS s) AS s, jsonb_array_elements(alarm.try_rule(to_jsonb(r), s.samples, 180 * 60)) AS x (t) WHERE r.name = 'together' AND g.rule_id = r.id AND g.equipment_id = 'm-1' ORDER BY 2, 1$$,
    $$SELECT kind, occurred_at FROM live WHERE code = 'together' ORDER BY 2, 1$$, 'rule tests: the same of the same numbers');
SELECT results_eq($$SELECT c ->> 'signal' IN ('a', 'b'), abs((c ->> 'deviation')::float8) < 3, abs((c ->> 'residual')::float8) > 5 FROM alarm.explain((SELECT min(id) FROM live WHERE code = 'together')) AS e, jsonb_array_elements(e.basis -> 'contributions') WITH ORDINALITY AS x (c, n) ORDER BY n LIMIT 2$$,
    $$VALUES (true, true, true), (true, true, true)$$, 'explained: a and b, which the others do not explain, though neither is far out by itself');
SELECT is((SELECT e.basis #>> '{contributions,0,signal}' FROM alarm.explain((SELECT max(id) FROM live WHERE code = 'together')) AS e), 'c', 'then c');
SELECT ok((SELECT (e.basis ->> 't2')::float8 > (e.basis ->> 't2_limit')::float8 AND e.basis ->> 'state' = '*' AND (e.basis ->> 'samples')::integer = 1440 FROM alarm.explain((SELECT max(id) FROM live WHERE code = 'together')) AS e), 'with T², its threshold and what was learned');

-- what was not normal is not learned: alarms that stand, unless people say that they were false; known faults
SELECT alarm.learn_multivariate(pg_temp.at(1630), '{m-1}') \g /dev/null
SELECT is((SELECT samples FROM alarm.multivariate_model WHERE equipment_id = 'm-1'), 1440 + 60::bigint, 'an hour with an alarm is left out');
SELECT alarm.give_feedback(id, 'false', 'the b sensor was cleaned') FROM (SELECT DISTINCT id FROM live) AS x ORDER BY id \g /dev/null
SELECT alarm.learn_multivariate(pg_temp.at(1630), '{m-1}') \g /dev/null
SELECT is((SELECT samples FROM alarm.multivariate_model WHERE equipment_id = 'm-1'), 1440 + 180::bigint, 'but one that was false counts');
INSERT INTO alarm.known_fault (equipment_id, starts_at, ends_at) VALUES ('m-4', pg_temp.at(610), pg_temp.at(650)), ('m-4', pg_temp.at(1200), pg_temp.at(1260));
INSERT INTO plant.failure (equipment_id, failed_at) VALUES ('m-4', pg_temp.at(1440));
SELECT alarm.learn_multivariate(pg_temp.at(1450), '{m-4}') \g /dev/null
SELECT ok(pg_temp.worst('m-4', 'NOT (minute >= pg_temp.at(600) AND minute < pg_temp.at(660) OR minute >= pg_temp.at(1200) AND minute < pg_temp.at(1260) OR minute >= pg_temp.at(1320))') < 1e-9,
    'known faults by the hour, and the time before a failure, are not learned: the oracle of the rest');
UPDATE plant.sensor SET range_max = 64 WHERE id = pg_temp.sensor('m-2', 'c');
SELECT is((SELECT count(*) FROM alarm.multivariate_clock AS k, alarm.multivariate_buckets('m-2', k.sensors, k.width, pg_temp.at(0), pg_temp.at(100)) WHERE k.equipment_id = 'm-2'), 0::bigint, 'what lies outside of the range of its sensor is nothing');
UPDATE plant.sensor SET range_max = NULL WHERE id = pg_temp.sensor('m-2', 'c');

-- through a long unrest what was normal stays known; not where it turns out to have been wrong
INSERT INTO alarm.alarm (code, equipment_id, condition, level, severity, worst_severity, raised_at, announced_at) VALUES ('long', 'm-2', 'above', 'high', 'low', 'low', pg_temp.at(0), now());
SELECT is(alarm.learn_multivariate(pg_temp.at(1450), '{m-2}'), 0, 'no hour was normal');
SELECT is((SELECT samples FROM alarm.multivariate_model WHERE equipment_id = 'm-2'), 1440::bigint, 'what it knew it still knows');
INSERT INTO alarm.known_fault (equipment_id, starts_at, ends_at) VALUES ('m-2', pg_temp.at(100), pg_temp.at(200));
SELECT alarm.learn_multivariate(pg_temp.at(1450), '{m-2}') \g /dev/null
SELECT is_empty($$SELECT FROM alarm.multivariate_model WHERE equipment_id = 'm-2'$$, 'but not what it learned of a fault');
DELETE FROM alarm.known_fault WHERE equipment_id = 'm-2';
DELETE FROM alarm.alarm WHERE code = 'long';
SELECT is(alarm.learn_multivariate(pg_temp.at(1450), '{m-2}'), 1, 'it was none');
-- a state that is new is not judged, and says so
SELECT results_eq($$SELECT state, is_judged, why_not FROM alarm.multivariate_status WHERE equipment_id = 'm-3' ORDER BY state$$,
    $$VALUES ('fast', true, NULL), ('reverse', false, 'this operating state is new'), ('slow', true, NULL)$$, 'a state that it never was in');
INSERT INTO telemetry.reading (time, value, sensor_id)
SELECT pg_temp.at(1440 + k), CASE s.name WHEN 'speed' THEN -50 ELSE 1000 END, s.id FROM generate_series(0, 20) AS k, plant.sensor AS s WHERE s.equipment_id = 'm-3';
SELECT is_empty($$SELECT FROM alarm.multivariate_scores('m-3', pg_temp.at(1442), pg_temp.at(1460))$$, 'nothing is said of it');

-- maintenance, or a person: what was before tells nothing
INSERT INTO plant.work_order (equipment_id, title, kind, status, done_at, finding) VALUES ('m-1', 'looked at it', 'inspection', 'done', pg_temp.at(1520), 'nothing');
SELECT is((SELECT count(*) FROM alarm.multivariate_start('m-1')), 0::bigint, 'who looked and found nothing changed nothing');
INSERT INTO plant.work_order (equipment_id, title, status, done_at) VALUES ('m-1', 'new impeller', 'done', pg_temp.at(1560));
SELECT alarm.learn_multivariate(pg_temp.at(1630)) \g /dev/null
SELECT results_eq($$SELECT is_judged, samples, samples_needed, why_not FROM alarm.multivariate_status WHERE equipment_id = 'm-1'$$,
    $$SELECT false, 60::bigint, 300, format('it is learned anew since: work order %s: new impeller', max(id)) FROM plant.work_order$$, 'after maintenance it learns anew, and says why and how far');
SELECT is_empty($$SELECT FROM alarm.multivariate_scores('m-1', pg_temp.at(1560), pg_temp.at(1620))$$, 'nothing is judged by what was');
INSERT INTO telemetry.reading (time, value, sensor_id)
SELECT pg_temp.at(1620.5 + l.k / 2.0), CASE s.name WHEN 'a' THEN 90 + 5 * l.x WHEN 'b' THEN 12 + 3 * l.x + 0.1 * l.n ELSE 3 + l.c END, s.id
FROM load AS l, plant.sensor AS s WHERE s.equipment_id = 'm-1' AND l.k < 620;
SELECT is(alarm.learn_multivariate(pg_temp.at(1630 + 300)) > 0, true, 'five hours later');
SELECT ok((SELECT learned_from = pg_temp.at(1560) AND centre[1] > 80 FROM alarm.multivariate_model WHERE equipment_id = 'm-1'), 'it knows what it is now, by what came after');
SELECT is((alarm.learn_anew('m-2', 'other product', pg_temp.at(1440))).reason, 'other product', 'a person says so');
SELECT is_empty($$SELECT FROM alarm.multivariate_model WHERE equipment_id = 'm-2'$$, 'at once');
SELECT throws_ok($$SELECT alarm.learn_anew('nobody')$$, 'MW404', NULL, 'of a machine that there is');
SELECT throws_ok($$SELECT alarm.learn_anew('m-1', since => 'infinity')$$, 'MW422', NULL, 'not in the future');

-- signals that change
INSERT INTO alarm.multivariate_exclusion (sensor_id, reason) VALUES (pg_temp.sensor('m-3', 'speed'), 'tells the state');
SELECT alarm.learn_multivariate(pg_temp.at(1470), '{m-3}') \g /dev/null
SELECT ok(bool_and(cardinality(sensors) = 3 AND samples > 700), 'other signals: learned from what is stored') FROM alarm.multivariate_model WHERE equipment_id = 'm-3';
UPDATE plant.sensor SET status = 'retired' WHERE equipment_id = 'm-4' AND name <> 'a';
SELECT alarm.learn_multivariate(pg_temp.at(1470)) \g /dev/null
SELECT is((SELECT count(*) FROM alarm.multivariate_model WHERE equipment_id = 'm-4') + (SELECT count(*) FROM alarm.multivariate_hour WHERE equipment_id = 'm-4'), 0::bigint, 'one is left: nothing to take together');
-- a signal that stands still, and one that copies another
UPDATE plant.sensor SET status = 'active' WHERE equipment_id = 'm-4';
UPDATE telemetry.reading SET value = 7 WHERE sensor_id = pg_temp.sensor('m-4', 'c');
UPDATE telemetry.reading AS r SET value = 2 * x.value FROM telemetry.reading AS x WHERE r.sensor_id = pg_temp.sensor('m-4', 'b') AND x.sensor_id = pg_temp.sensor('m-4', 'a') AND x.time = r.time;
SELECT is(alarm.learn_multivariate(pg_temp.at(1470), '{m-4}'), 1, 'a dead signal and a copy are learned');
SELECT ok((SELECT spread[3] = 0.007 AND correlation[3] = 0 AND correlation[2] BETWEEN 0.99 AND 0.9991 FROM alarm.multivariate_model WHERE equipment_id = 'm-4'), 'a thousandth of its value; nearly one');
-- numbers at the ends of what is carried
UPDATE telemetry.reading AS r SET value = CASE WHEN extract(minute FROM r.time)::integer % 2 = 0 THEN 1e100 ELSE -1e100 END WHERE r.sensor_id = pg_temp.sensor('m-4', 'a');
UPDATE telemetry.reading AS r SET value = CASE WHEN extract(minute FROM r.time)::integer % 3 = 0 THEN 1e-100 ELSE 3e-100 END WHERE r.sensor_id = pg_temp.sensor('m-4', 'b');
DELETE FROM alarm.multivariate_clock WHERE equipment_id = 'm-4';
SELECT is(alarm.learn_multivariate(pg_temp.at(1450), '{m-4}'), 1, 'the greatest and the least numbers are learned');
UPDATE telemetry.reading AS r SET value = 1e100 WHERE r.sensor_id = pg_temp.sensor('m-4', 'b') AND r.time >= pg_temp.at(1400);
SELECT ok(max(t2) BETWEEN 1e70 AND 1e90 AND count(*) = 40, 'and judged') FROM alarm.multivariate_scores('m-4', pg_temp.at(1400), pg_temp.at(1440));
-- in bounded portions
DELETE FROM alarm.multivariate_clock;
SELECT alarm.learn_multivariate(pg_temp.at(1470), most_hours => 1) \g /dev/null
SELECT is((SELECT count(*) FROM alarm.multivariate_clock WHERE summed_to = pg_temp.at(1440)), 1::bigint, 'no more than a run can bear');
SELECT * FROM finish();
ROLLBACK;
