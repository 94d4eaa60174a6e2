-- Trends of machines from what is stored of them: each answer and each reason for none, what begins a trend anew, hours off, predictions, the
-- alarm, and what is taken back.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
SELECT setseed(0.5) \g /dev/null
INSERT INTO plant.equipment (id, name, type) SELECT 't-' || n, n, 'lonely ' || n
FROM unnest('{wear,flat,calm,done,late,few,far,down,spike,twin,reset,failed,order,look,belt,off,ratio,dist,zone,p95,retired,none}'::text[]) AS n;
INSERT INTO plant.sensor (equipment_id, name, type, unit) SELECT id, 'vib', 'vibration', 'mm/s' FROM plant.equipment WHERE id LIKE 't-%' AND id NOT IN ('t-ratio', 't-none');
INSERT INTO ml.health_indicator (name, kind, sensor_type, statistic, limit_value) VALUES ('wear', 'rollup', 'vibration', 'mean', 10);
UPDATE ml.health_indicator SET enabled = false WHERE name = 'baseline_distance';
SELECT date_trunc('hour', now(), 'UTC') AS top \gset
-- a value in each of 300 hours: from 2 on, 0.02 an hour, so that 8 - 6 = 2 is left, in 100 hours; each story is one change of it
CREATE FUNCTION pg_temp.tell(p_id text, p_value text, p_hours int DEFAULT 300, p_last int DEFAULT 1, p_sensor text DEFAULT 'vib') RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    EXECUTE format('INSERT INTO telemetry.reading (sensor_id, time, value)
        SELECT s.id, date_trunc(''hour'', now(), ''UTC'') - (h - 0.5) * INTERVAL ''1 hour'', %s FROM plant.sensor AS s, generate_series(%s, %s) AS h, LATERAL (SELECT %2$s + %3$s - h AS i) AS i
        WHERE s.equipment_id = %L AND s.name = %L', p_value, p_last, p_last + p_hours - 1, p_id, p_sensor);
END $$;
SELECT pg_temp.tell('t-' || n, '2 + 0.02 * i + 0.02 * random()') FROM unnest('{wear,twin,reset,failed,order,look,belt,off,retired}'::text[]) AS n \g /dev/null
SELECT pg_temp.tell('t-flat', '3'), pg_temp.tell('t-calm', '3 + random()'), pg_temp.tell('t-done', '9 + 0.02 * i'), pg_temp.tell('t-late', '2 + 0.02 * i + 0.02 * random()', 300, 60), pg_temp.tell('t-few', '2 + 0.02 * i', 20),
    pg_temp.tell('t-far', '2 + 1e-5 * i + 1e-6 * random()'), pg_temp.tell('t-down', '18 - 0.02 * i + 0.02 * random()'), pg_temp.tell('t-spike', 'CASE WHEN random() < 0.1 THEN 500 * random() ELSE 2 + 0.02 * i + 0.02 * random() END'),
    pg_temp.tell('t-dist', '2 + 0.02 * i + 0.02 * random()'), pg_temp.tell('t-zone', '2 + 0.02 * i + 0.02 * random()'), pg_temp.tell('t-p95', '2 + 0.02 * i + 0.02 * random()') \g /dev/null
UPDATE ml.health_indicator SET enabled = false WHERE name = 'wear';
INSERT INTO ml.health_indicator (name, kind, equipment_id, sensor, statistic, limit_value, direction)
SELECT 'wear_' || substr(id, 3), 'rollup', id, 'vib', 'mean', 10, CASE id WHEN 't-down' THEN 'down' ELSE 'up' END FROM plant.equipment
WHERE id LIKE 't-%' AND id NOT IN ('t-ratio', 't-dist', 't-zone', 't-p95', 't-none');
INSERT INTO ml.health_indicator (name, kind, equipment_id, sensor, statistic, limit_value) VALUES ('wear_p95', 'rollup', 't-p95', 'vib', 'p95', 10);
UPDATE plant.equipment SET status = 'retired' WHERE id = 't-retired';
-- as rollup.refresh makes them of finished hours
INSERT INTO rollup.sketch_1h (bucket, sensor_id, count, sketch)
SELECT h.bucket, h.sensor_id, h.count, rollup.reading_sketch(h.sensor_id, h.bucket, h.bucket + INTERVAL '1 hour', h.count) FROM rollup.reading_1h AS h JOIN plant.sensor AS s ON s.id = h.sensor_id WHERE s.equipment_id = 't-p95';
SELECT trends AS first_trends, estimates AS first_estimates FROM ml.trend_judge() \gset
CREATE FUNCTION pg_temp.of(p text) RETURNS ml.trend_state LANGUAGE sql AS $$ SELECT t FROM ml.trend_state AS t WHERE equipment_id = 't-' || p ORDER BY rul_hours LIMIT 1 $$;

SELECT is((pg_temp.of(v.n)).verdict, v.verdict, format('%s: %s', v.n, v.verdict))
FROM (VALUES ('wear', 'estimate'), ('flat', 'constant'), ('calm', 'no_drift'), ('done', 'crossed'), ('late', 'stale'), ('few', 'too_few_hours'), ('far', 'beyond_horizon'), ('down', 'estimate'), ('spike', 'estimate')) AS v (n, verdict);
SELECT results_eq('SELECT verdict FROM ml.trend_verdict ORDER BY 1', 'SELECT DISTINCT verdict FROM ml.trend_state ORDER BY 1', 'every verdict has been seen here');
SELECT ok((t).rul_hours BETWEEN 85 AND 115 AND (t).lower_hours <= 100.5 AND (t).upper_hours >= 99 AND (t).hours = 300 AND (t).form = 'linear', format('%s: %s h (%s to %s) of 100', n, round((t).rul_hours), round((t).lower_hours), round((t).upper_hours)))
FROM unnest('{wear,down,spike}'::text[]) AS n, LATERAL (SELECT pg_temp.of(n) AS t) AS t;
SELECT is((pg_temp.of('done')).rul_hours, 0::float8, 'nothing is left beyond the limit');
SELECT is((pg_temp.of('retired')).verdict, NULL, 'of a machine that is retired nothing is said');
SELECT results_eq($$SELECT method, round(rul_hours) = round((pg_temp.of('wear')).rul_hours), basis ->> 'indicator', basis ->> 'part', (basis ->> 'limit')::numeric, (basis ->> 'hours')::int, basis ->> 'form' FROM report.current_life WHERE equipment_id = 't-wear'$$,
    $$VALUES ('trend', true, 'wear_wear', 'vib', 10::numeric, 300, 'linear')$$, 'it governs, and says what it is made of');
SELECT ok(basis ?& '{drift,drift_se,sigma,level,duty,prior_weight,verdict}'::text[] AND rul_low_hours <= rul_hours AND rul_hours <= rul_high_hours AND confidence > 0.9, 'all of it') FROM report.current_life WHERE equipment_id = 't-wear';
SELECT is((SELECT count(*) FROM report.current_life WHERE equipment_id IN ('t-flat', 't-calm', 't-late', 't-few', 't-far')), 0::bigint, 'where there is no trend nothing governs');
SELECT is((SELECT count(*) FROM ml.rul_predictions WHERE method = 'trend'), :first_estimates::bigint, 'one estimate a machine');
SELECT is((SELECT count(*) FROM ml.health_series('t-wear') WHERE counts), 300::bigint, 'the hours can be looked at');

-- the first of several ends the life
INSERT INTO ml.health_indicator (name, kind, equipment_id, sensor_type, statistic, limit_value) VALUES ('sooner', 'rollup', 't-wear', 'vibration', 'max', 9);
SELECT ml.trend_judge('{t-wear}') \g /dev/null
SELECT results_eq($$SELECT basis ->> 'indicator', rul_hours BETWEEN 40 AND 60 FROM report.current_life WHERE equipment_id = 't-wear'$$, $$VALUES ('sooner', true)$$, 'the one that ends first');
SELECT is((SELECT count(*) FROM ml.trend_state WHERE equipment_id = 't-wear'), 2::bigint, 'the other one stays to be seen');
DELETE FROM ml.health_indicator WHERE name = 'sooner';

-- what begins a trend anew, and what does not
INSERT INTO plant.component (equipment_id, name, type) SELECT 't-' || n, 'c', CASE n WHEN 'belt' THEN 'belt' ELSE 'bearing' END FROM unnest('{reset,failed,order,look,belt}'::text[]) AS n;
UPDATE ml.health_indicator SET component_type = 'bearing' WHERE name IN ('wear_belt', 'wear_reset');
INSERT INTO plant.component_life (component_id, installed_at) SELECT c.id, :'top'::timestamptz - INTERVAL '100 hours' FROM plant.component AS c WHERE equipment_id IN ('t-reset', 't-belt');
INSERT INTO plant.failure (equipment_id, failed_at, down_from, down_to) VALUES ('t-failed', :'top'::timestamptz - INTERVAL '30 hours', :'top'::timestamptz - INTERVAL '30 hours', :'top'::timestamptz - INTERVAL '20 hours');
INSERT INTO plant.work_order (equipment_id, kind, title, status, done_at) VALUES ('t-order', 'preventive', 'x', 'done', :'top'::timestamptz - INTERVAL '4 hours'), ('t-look', 'inspection', 'x', 'done', :'top'::timestamptz - INTERVAL '4 hours');
INSERT INTO plant.maintenance (equipment_id, title, starts_at, ends_at, status) VALUES ('t-look', 'quiet', :'top'::timestamptz - INTERVAL '4 hours', :'top'::timestamptz - INTERVAL '2 hours', 'done');
SELECT ml.trend_judge(ARRAY['t-reset', 't-failed', 't-order', 't-look', 't-belt']) \g /dev/null
SELECT results_eq($$SELECT n, (t).verdict, (t).hours, (t).since_reason FROM unnest('{reset,failed,order,look,belt}'::text[]) AS n, LATERAL (SELECT pg_temp.of(n) AS t) AS t ORDER BY n$$,
    $$VALUES ('belt', 'estimate', 300, NULL), ('failed', 'too_few_hours', 20, 'failure'), ('look', 'estimate', 300, NULL), ('order', 'too_few_hours', 4, 'work_order'), ('reset', 'estimate', 100, 'installed')$$,
    'a new part, a repair and an order that was done begin anew; a look, a quiet time and another part do not');
SELECT results_eq($$SELECT equipment_id, reason FROM ml.rul_withdrawal ORDER BY 1$$, $$VALUES ('t-failed', 'too_few_hours'), ('t-order', 'too_few_hours')$$, 'what was said before is taken back');
SELECT is((SELECT count(*) FROM report.current_life WHERE equipment_id IN ('t-failed', 't-order')), 0::bigint, 'and governs no more');
SELECT is((SELECT count(*) FROM report.remaining_life WHERE equipment_id = 't-order'), 1::bigint, 'but is kept');
UPDATE plant.equipment SET last_maintenance = :'top'::timestamptz - INTERVAL '5 hours' WHERE id = 't-reset';
SELECT ml.trend_judge('{t-reset}') \g /dev/null
SELECT is((pg_temp.of('reset')).hours, 5, 'maintenance of the whole machine does');

-- only while it runs: stood still for the first half of each day, where it showed 50
INSERT INTO rollup.machine_15m (equipment_id, bucket, running, idle, stopped, unknown, starts, points, heard)
SELECT 't-off', q, CASE WHEN o THEN 0 ELSE 15 END, 0, CASE WHEN o THEN 15 ELSE 0 END, 0, 0, 1, 1
FROM generate_series(:'top'::timestamptz - INTERVAL '400 hours', :'top'::timestamptz - INTERVAL '1 minute', INTERVAL '15 minutes') AS q, LATERAL (SELECT date_part('hour', q AT TIME ZONE 'UTC') < 12 AS o) AS o
ON CONFLICT (equipment_id, bucket) DO UPDATE SET running = excluded.running, idle = 0, stopped = excluded.stopped, unknown = 0;
UPDATE telemetry.reading AS r SET value = 50 FROM plant.sensor AS s WHERE s.id = r.sensor_id AND s.equipment_id = 't-off' AND r.time > now() - INTERVAL '30 days' AND date_part('hour', r.time AT TIME ZONE 'UTC') < 12;
SELECT ml.trend_judge('{t-off}') \g /dev/null
SELECT ok((t).verdict = 'estimate' AND (t).hours BETWEEN 140 AND 160 AND (t).duty BETWEEN 0.45 AND 0.72 AND (t).level < 10, format('%s hours count, of which %s are left', (t).hours, round((t).rul_hours))) FROM pg_temp.of('off') AS t;
SELECT ok((t).rul_hours BETWEEN 35 AND 75, 'in hours of service: half of those of the calendar') FROM pg_temp.of('off') AS t;
SELECT ok(bool_and(counts = (off = 0)), 'and shows which') FROM ml.health_series('t-off') WHERE bucket < :'top';

-- what applies by itself
INSERT INTO alarm.baseline (sensor_id, centre, spread, lowest, highest, samples, learned_from, learned_to) SELECT s.id, 2, 0.8, 1, 3, 100, now(), now() FROM plant.sensor AS s WHERE equipment_id = 't-dist';
UPDATE ml.health_indicator SET enabled = true WHERE name = 'baseline_distance';
UPDATE plant.equipment SET specifications = jsonb_build_object('vibration_class', z.machine_class, 'rated_power_kw', coalesce(z.minimum_kw, 1)) FROM (SELECT * FROM alarm.vibration_zone WHERE unit = 'mm/s' AND boundary_cd > 4 ORDER BY id LIMIT 1) AS z WHERE equipment.id = 't-zone';
SELECT ml.sync_models('[{"equipment_id": "t-ratio", "power": "p", "model_version": "v1", "modalities": ["current"], "thresholds": {"current": 1}, "case": "A", "bundle_path": "x", "sha256": "x"}]', '[]', 'test') \g /dev/null
INSERT INTO ml.serve_ml_predictions (time, equipment_id, power, model_version, stage, source, modalities, is_anomaly, confidence, scores, thresholds, ratio, received_at)
SELECT :'top'::timestamptz - (h - 0.5) * INTERVAL '1 hour', 't-ratio', 'p', v, s, 'mqtt', '{current}', false, 0, '{}', '{}', jsonb_build_object('current', CASE s WHEN 'champion' THEN 0.2 + 0.002 * (300 - h) + 0.002 * random() ELSE 9 END, 'vibration', 0.1, 'temperature', NULL), now() - INTERVAL '2 minutes'
FROM generate_series(1, 300) AS h, (VALUES ('v1', 'champion'), ('v0', 'champion'), ('v1', 'challenger')) AS x (v, s);
SELECT is(ml.health_add_ratios(), 600::bigint, 'hours of both versions');
SELECT is(ml.health_add_ratios(), 0::bigint, 'each prediction once');
SELECT ml.trend_judge('{t-dist,t-zone,t-ratio,t-none}') \g /dev/null
SELECT ok((t).indicator = 'baseline_distance' AND (t).verdict = 'estimate' AND (t).rul_hours BETWEEN 85 AND 115, format('from the baseline: 10 spreads of 0.8 are 8: %s h', round((t).rul_hours))) FROM pg_temp.of('dist') AS t;
SELECT ok((t).indicator = 'vibration_zone' AND (t).limit_value = (SELECT cd FROM alarm.vibration_limits((SELECT id FROM plant.sensor WHERE equipment_id = 't-zone'))), format('to the boundary C/D, %s: %s', (t).limit_value, (t).verdict)) FROM pg_temp.of('zone') AS t;
SELECT ok((t).indicator = 'prediction_ratio' AND (t).part = 'p' AND (t).verdict = 'estimate' AND (t).rul_hours BETWEEN 80 AND 120, format('of the version that serves, of the champion: %s h', round((t).rul_hours))) FROM pg_temp.of('ratio') AS t;
SELECT ok((t).verdict = 'estimate' AND (t).rul_hours BETWEEN 80 AND 120, format('a quantile: %s h', round((t).rul_hours))) FROM pg_temp.of('p95') AS t;
SELECT is((pg_temp.of('none')).verdict, NULL, 'without a sensor there is nothing to say');
SELECT is_empty($$SELECT equipment_id, indicator, part FROM ml.health_source GROUP BY 1, 2, 3 HAVING count(*) > 1$$, 'a series is named once');

-- an alarm from the trend, which ends when the part is replaced
INSERT INTO alarm.rule (name, condition, low_low, low, severity, severity_low_low, select_equipment) VALUES ('life', 'rul_below', 20, 168, 'medium', 'critical', '{t-twin}');
SELECT ok((ml.trend_judge('{t-twin}')).outbox_rows > 0, 'the outbox hears of it');
SELECT results_eq($$SELECT severity, data ->> 'method', data -> 'basis' ->> 'indicator', active FROM alarm.alarm WHERE equipment_id = 't-twin' AND condition = 'rul_below'$$, $$VALUES ('medium', 'trend', 'wear_twin', true)$$, 'rul_below from the trend');
UPDATE plant.equipment SET last_maintenance = :'top'::timestamptz - INTERVAL '3 hours' WHERE id = 't-twin';
SELECT ml.trend_judge('{t-twin}') \g /dev/null
SELECT is((SELECT active FROM alarm.alarm WHERE equipment_id = 't-twin' AND condition = 'rul_below'), false, 'and ends after maintenance');
SELECT is((ml.trend_judge('{t-twin}')).outbox_rows, 0, 'once');
UPDATE plant.equipment SET last_maintenance = NULL WHERE id = 't-twin';
SELECT ml.trend_judge('{t-twin}') \g /dev/null
SELECT is((SELECT method FROM report.current_life WHERE equipment_id = 't-twin'), 'trend', 'what is said anew governs again');

-- all of it, as the job does
SELECT is(ml.trend_judge_job(), format('%s trends, %s estimates', (SELECT count(*) FROM ml.health_source), (SELECT count(DISTINCT equipment_id) FROM ml.trend_state JOIN ml.trend_verdict USING (verdict) WHERE has_estimate)), 'the job');
SELECT is_empty($$SELECT indicator, equipment_id, part FROM ml.health_source EXCEPT SELECT indicator, equipment_id, part FROM ml.trend_state$$, 'an answer for each series');
SELECT is((SELECT procedure FROM ops.job WHERE name = 'ml.trend_judge'), 'ml.trend_judge_job', 'it runs by itself');
DELETE FROM ml.health_indicator WHERE name = 'wear_down';
SELECT ml.trend_judge() \g /dev/null
SELECT results_eq($$SELECT reason FROM ml.rul_withdrawal WHERE equipment_id = 't-down'$$, $$VALUES ('no_indicator')$$, 'without an indicator nothing is said any more');
SELECT is((ml.trend_judge('{nobody}')).trends, 0, 'of nobody nothing');
SELECT is(ml.health_purge(), '0 chunks dropped', 'nothing is too old');

UPDATE plant.equipment SET type = CASE WHEN id IN ('t-calm', 't-flat') THEN 'unknown' ELSE 'fan' END WHERE id IN ('t-calm', 't-flat', 't-reset', 't-order');
INSERT INTO ml.health_indicator (name, kind, sensor_type, limit_value) VALUES ('shared', 'rollup', 'vibration', 10);
SELECT is((SELECT count(DISTINCT fleet)::int FROM ml.trend_series(now(), ids) WHERE indicator = 'shared'), n, 'a fleet is of machines of a type that is known: ' || ids::text)
FROM (VALUES ('{t-calm,t-flat}'::text[], 2), ('{t-reset,t-order}', 1), ('{t-reset,t-calm}', 2)) AS v (ids, n);
DELETE FROM ml.health_indicator WHERE name = 'shared';

-- what is no indicator
SELECT throws_ok(format('INSERT INTO ml.health_indicator (name, kind, sensor_type, statistic, limit_value, direction, equipment_id, equipment_type) VALUES (%s)', v), '23514', NULL, 'no indicator: ' || v)
FROM unnest(ARRAY[$$'Bad Name', 'rollup', 'x', 'mean', 1, 'up', NULL, NULL$$, $$'a', 'rollup', 'x', 'mean', NULL, 'up', NULL, NULL$$, $$'a', 'rollup', NULL, 'mean', 1, 'up', NULL, NULL$$, $$'a', 'rollup', 'x', 'median', 1, 'up', NULL, NULL$$,
    $$'a', 'rollup', 'x', 'mean', 'NaN', 'up', NULL, NULL$$, $$'a', 'rollup', 'x', 'mean', 1e200, 'up', NULL, NULL$$, $$'a', 'rollup', 'x', 'mean', 1, 'left', NULL, NULL$$, $$'a', 'rollup', 'x', 'mean', 1, 'up', 't-wear', 'press'$$,
    $$'a', 'baseline_distance', NULL, 'mean', -3, 'up', NULL, NULL$$, $$'a', 'baseline_distance', NULL, 'mean', 3, 'down', NULL, NULL$$, $$'a', 'prediction_ratio', 'x', 'mean', 3, 'up', NULL, NULL$$, $$'a', 'prediction_ratio', NULL, 'p95', 3, 'up', NULL, NULL$$,
    $$'a', 'luck', NULL, 'mean', 3, 'up', NULL, NULL$$, $$'a', 'vibration_zone', NULL, 'mean', 3, 'down', NULL, NULL$$]) AS v;

-- numbers at the ends of what is carried
UPDATE telemetry.reading AS r SET value = CASE WHEN date_part('hour', r.time)::int % 2 = 0 THEN 1e100 ELSE -1e100 END FROM plant.sensor AS s WHERE s.id = r.sensor_id AND s.equipment_id = 't-calm' AND r.time > now() - INTERVAL '30 days';
UPDATE telemetry.reading AS r SET value = CASE WHEN date_part('hour', r.time)::int % 3 = 0 THEN 1e-100 ELSE 0 END FROM plant.sensor AS s WHERE s.id = r.sensor_id AND s.equipment_id = 't-flat' AND r.time > now() - INTERVAL '30 days';
UPDATE telemetry.reading AS r SET value = 1e-100 * (1 + date_part('epoch', r.time - now() + INTERVAL '30 days') / 1e5) FROM plant.sensor AS s WHERE s.id = r.sensor_id AND s.equipment_id = 't-far' AND r.time > now() - INTERVAL '30 days';
SELECT lives_ok($$SELECT ml.trend_judge('{t-calm,t-flat,t-far}')$$, 'nothing leaves float8');

SET LOCAL ROLE viewer;
SELECT lives_ok($$SELECT FROM ml.trend_state, ml.health_indicator, ml.health_source, ml.health_reset, ml.rul_withdrawal$$, 'a viewer reads');
SELECT ok((SELECT count(*) > 0 FROM ml.trend_estimate(now(), '{t-wear}')), 'and may ask what would be said');
SELECT throws_ok($$SELECT ml.trend_judge()$$, '42501', NULL, 'but not say it');
SELECT throws_ok($$UPDATE ml.health_indicator SET enabled = false$$, '42501', NULL, 'nor change what is judged');
RESET ROLE;
SET LOCAL ROLE engineer;
SELECT lives_ok($$INSERT INTO ml.health_indicator (name, kind, sensor_type, limit_value) VALUES ('warm', 'rollup', 'temperature', 90)$$, 'an engineer makes an indicator');
SELECT lives_ok($$SELECT ml.trend_judge('{t-wear}')$$, 'and judges');
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
