-- One state machine, three uses, for the conditions that derive a number first: values arrive in random batches, up to the grace
-- late and out of order; the job judges at random moments, minutes apart at times; backtest and rule tests give the same alarms.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
SELECT setseed(0.21);
INSERT INTO plant.equipment (id, name) SELECT 'd-' || i, 'd' FROM generate_series(1, 4) AS i;
INSERT INTO plant.sensor (equipment_id, name, type) SELECT 'd-' || i, n, 'current' FROM generate_series(1, 4) AS i, unnest('{x,other,load}'::text[]) AS n;
CREATE FUNCTION pg_temp.from() RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz '2026-01-06 23:30Z' $$;
CREATE FUNCTION pg_temp."to"() RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz '2026-01-07 02:30Z' $$;
INSERT INTO alarm.operating_state (equipment_id, state, sensor, low, high) SELECT 'd-' || i, s, 'load', l, h FROM generate_series(1, 4) AS i, (VALUES ('low', 0, 40), ('high', 60, 200)) AS x (s, l, h);

-- what is normal, from two weeks a year before
INSERT INTO telemetry.reading (time, value, sensor_id)
SELECT timestamptz '2025-01-06 00:00Z' + k * INTERVAL '5 minutes', CASE n.name WHEN 'load' THEN CASE WHEN k / 20 % 2 = 0 THEN 30 ELSE 70 END ELSE 45 + 20 * (k / 20 % 2) + 10 * sin(k / 40.0) + random() END, n.id
FROM generate_series(0, 14 * 288 - 1) AS k, plant.sensor AS n WHERE n.equipment_id LIKE 'd-%' AND n.name IN ('x', 'load');
SELECT alarm.learn_baseline(array_agg(id), '2025-01-01', '2025-02-01', minimum_samples => 20, season => 'hour_of_week') FROM plant.sensor WHERE equipment_id LIKE 'd-%' AND name = 'x';

INSERT INTO alarm.rule (name, condition, low, high, high_high, deadband, on_delay, off_delay, chatter_count, chatter_window, chatter_quiet, parameters, select_equipment, select_sensor)
SELECT format('d%s %s', i, c.place), c.condition, c.low, c.high, c.high_high, c.deadband, make_interval(secs => floor(random() * 3) * c.delay), make_interval(secs => floor(random() * 3) * c.delay),
       CASE WHEN random() < 0.5 THEN 3 END, '5 minutes', '2 minutes', c.parameters::jsonb, ARRAY['d-' || i], '{x}'
FROM generate_series(1, 4) AS i, (VALUES
    (1, 'windowed', NULL, 58, 68, 2, 60, '{"aggregate": "mean", "window": "3 minutes"}'), (2, 'windowed', -0.15, 0.15, NULL, 0.01, 60, '{"aggregate": "slope", "window": "2 minutes"}'),
    (3, 'windowed', NULL, 15, NULL, 1, 60, '{"aggregate": "stddev", "window": "2 minutes"}'), (4, 'windowed', 9, NULL, NULL, 0, 60, '{"aggregate": "count", "window": "2 minutes"}'),
    (5, 'two_signal', -25, 25, 45, 3, 10, '{"other": "other"}'), (6, 'two_signal', NULL, 2, NULL, 0.1, 10, '{"other": "other", "operation": "ratio"}'),
    (7, 'no_data', NULL, 25, 45, 0, 10, '{}'), (8, 'baseline', -3, 3, 5, 0.5, 10, '{"season": "hour_of_week"}'),
    (9, 'baseline', -3, 3, 5, 0.5, 10, '{"state": "each", "window": "5 minutes"}'), (10, 'baseline', -3, 3, NULL, 0.5, 10, '{"state": "each", "season": "hour_of_week"}')
) AS c (place, condition, low, high, high_high, deadband, delay, parameters);

-- a machine's verdicts: raised after so many anomalies in a row
DELETE FROM alarm.rule WHERE name = 'model-verdict';
INSERT INTO alarm.rule (name, condition, on_delay, off_delay, parameters, select_equipment)
SELECT format('d%s verdict', i), 'model_verdict', make_interval(secs => 20 * (i % 2)), make_interval(secs => 30 * (i / 3)), jsonb_build_object('consecutive', i), ARRAY['d-' || i] FROM generate_series(1, 4) AS i;

CREATE TEMP TABLE sample AS
SELECT n.id AS sensor_id, x.time, CASE n.name WHEN 'load' THEN 50 + 40 * sin(x.k / 9.0) ELSE 50 + 30 * sin(x.k / (7.0 + n.id % 5)) + random() * 20 END AS value,
       -- when it comes: mostly at once, at times a moment late, never later than the grace that the job gives
       x.time + random() * CASE WHEN random() < 0.3 THEN 0.99 ELSE 0.1 END * ops.setting_interval('alarm.tick_grace') AS comes
FROM plant.sensor AS n, LATERAL (
    SELECT k, pg_temp.from() + make_interval(secs => sum(CASE WHEN random() < 0.04 THEN 20 + random() * 60 ELSE 1 + random() * 10 END) OVER (ORDER BY k)) AS time
    FROM generate_series(1, CASE n.name WHEN 'load' THEN 300 ELSE 1500 END) AS k WHERE n.id > 0) AS x
WHERE n.equipment_id LIKE 'd-%' AND x.time < pg_temp.to() - INTERVAL '5 minutes';

-- 1. live
SELECT alarm.judge_derived(pg_temp.from() + ops.setting_interval('alarm.tick_grace')) \g /dev/null
DO $$
DECLARE v_now timestamptz := pg_temp.from(); v_before timestamptz;
BEGIN
    WHILE v_now < pg_temp.to() LOOP
        v_before := v_now;
        v_now := least(v_now + make_interval(secs => 1 + random() ^ 3 * 200), pg_temp.to());
        INSERT INTO telemetry.reading (time, value, sensor_id) SELECT time, value, sensor_id FROM sample WHERE comes > v_before AND comes <= v_now ORDER BY random();
        UPDATE telemetry.latest AS l SET time = greatest(l.time, s.time) FROM (SELECT sensor_id, max(time) AS time FROM sample WHERE comes > v_before AND comes <= v_now GROUP BY sensor_id) AS s WHERE l.sensor_id = s.sensor_id;
        IF random() < 0.7 THEN PERFORM alarm.judge_derived(v_now); END IF;
    END LOOP;
END $$;
INSERT INTO ml.serve_ml_predictions (time, equipment_id, power, model_version, source, modalities, is_anomaly, confidence, scores, thresholds, ratio)
SELECT pg_temp.from() + make_interval(secs => k * 17 + random() * 10), 'd-' || i, '5kW', 'v1', 'mqtt', '{current}', random() < 0.6, 0.7, '{}', '{}', '{}' FROM generate_series(1, 4) AS i, generate_series(1, 500) AS k;
DO $$
DECLARE v_verdict record;
BEGIN
    FOR v_verdict IN SELECT * FROM ml.serve_ml_predictions AS p WHERE p.equipment_id LIKE 'd-%' ORDER BY p.time LOOP
        PERFORM alarm.model_verdict(v_verdict.equipment_id, v_verdict.time, v_verdict.is_anomaly, 'medium', 0.7, '{}');
    END LOOP;
END $$;
SELECT alarm.judge_derived(pg_temp.to() + ops.setting_interval('alarm.tick_grace')) \g /dev/null
SELECT alarm.tick(pg_temp.to() + ops.setting_interval('alarm.tick_grace')) \g /dev/null
CREATE TEMP TABLE live AS
SELECT a.code AS rule, t.kind, t.occurred_at AS time, t.level FROM alarm.transition AS t JOIN alarm.alarm AS a ON a.id = t.alarm_id
WHERE a.equipment_id LIKE 'd-%' AND t.kind IN ('raised', 'severity_changed', 'cleared');
-- 2. backtest
CREATE TEMP TABLE tested AS
SELECT r.name AS rule, x.t ->> 'kind' AS kind, (x.t ->> 'time')::timestamptz AS time, x.t ->> 'level' AS level
FROM alarm.rule AS r CROSS JOIN LATERAL alarm.backtest(r.id, pg_temp.from(), pg_temp.to()) AS b, jsonb_array_elements(b.transitions) AS x (t) WHERE r.name ~ '^d\d';
-- 3. rule tests, whose samples are the derived numbers
CREATE TEMP TABLE tried AS
SELECT r.name AS rule, x.t ->> 0 AS kind, pg_temp.from() + make_interval(secs => (x.t ->> 1)::float8) AS time, x.t ->> 2 AS level
FROM alarm.rule AS r JOIN alarm.signal AS g ON g.rule_id = r.id AND g.assigned
CROSS JOIN LATERAL (SELECT jsonb_agg(jsonb_build_array(extract(epoch FROM s.time - pg_temp.from())::float8, s.value)) AS samples FROM alarm.series(r, g, pg_temp.from(), pg_temp.to()) AS s) AS s
CROSS JOIN LATERAL jsonb_array_elements(alarm.try_rule(to_jsonb(r), s.samples, extract(epoch FROM pg_temp.to() - pg_temp.from())::float8, g.sensor_id)) AS x (t) WHERE r.name ~ '^d\d';

SELECT cmp_ok(count(*), '>', 20::bigint, format('%s transitions of %s', count(*), condition || parameters::text)) FROM live JOIN alarm.rule AS r ON r.name = live.rule GROUP BY condition, parameters::text ORDER BY condition, parameters::text;
SELECT is((SELECT string_agg(DISTINCT r.condition || r.parameters, ', ') FROM ((TABLE live EXCEPT ALL TABLE tested) UNION ALL (TABLE tested EXCEPT ALL TABLE live)) AS x JOIN alarm.rule AS r ON r.name = x.rule), NULL, 'backtest: the very transitions of the job');
SELECT is((SELECT string_agg(DISTINCT r.condition || r.parameters, ', ')
           FROM ((SELECT rule, kind, date_trunc('milliseconds', time + INTERVAL '500 us'), level FROM live EXCEPT ALL SELECT rule, kind, date_trunc('milliseconds', time + INTERVAL '500 us'), level FROM tried)
                 UNION ALL (SELECT rule, kind, date_trunc('milliseconds', time + INTERVAL '500 us'), level FROM tried EXCEPT ALL SELECT rule, kind, date_trunc('milliseconds', time + INTERVAL '500 us'), level FROM live)) AS x JOIN alarm.rule AS r ON r.name = x.rule), NULL, 'rule tests: the same');
SELECT * FROM finish();
ROLLBACK;
