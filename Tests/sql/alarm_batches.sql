-- The same samples give the same alarms however they are cut: one batch, random cuts with shuffled batches, one by one with the
-- clock between them. 40 random rules, 200 random samples each; all states between two cuts go through the table (a restart).
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
SELECT setseed(0.42);
INSERT INTO plant.equipment (id, name) VALUES ('whole', 'w'), ('cut', 'c'), ('single', 's');
INSERT INTO plant.sensor (equipment_id, name, type) SELECT e, 's' || i, 'current' FROM unnest('{whole,cut,single}'::text[]) AS e, generate_series(1, 40) AS i;
INSERT INTO alarm.rule (name, condition, low_low, low, high, high_high, deadband, on_delay, off_delay, chatter_count, chatter_window, chatter_quiet, select_sensor, parameters)
SELECT 'r' || i, c.name, CASE WHEN c.name = 'outside' AND i % 3 = 0 THEN 10 END, CASE WHEN c.name IN ('below', 'outside', 'inside') THEN 30 END,
       CASE WHEN c.name = 'rate_of_change' THEN 5 WHEN c.name = 'flat_line' THEN 4 WHEN c.name <> 'below' THEN 70 END,
       CASE WHEN c.name IN ('above', 'outside') AND i % 2 = 0 THEN 90 END,
       (random() * 5)::integer, make_interval(secs => (random() * 6)::integer), make_interval(secs => (random() * 6)::integer),
       CASE WHEN i % 4 <> 0 THEN 2 + i % 4 END, '40 s', '7 s', ARRAY['s' || i],
       CASE WHEN c.name = 'rate_of_change' THEN '{"step": 2}'::jsonb WHEN c.name = 'flat_line' THEN '{"epsilon": 6}' ELSE '{}' END
FROM generate_series(1, 40) AS i, LATERAL (SELECT ('{above,below,outside,inside,above,outside,rate_of_change,flat_line}'::text[])[1 + i % 8] AS name) AS c;

CREATE TEMP TABLE sample AS
SELECT i AS sensor, timestamptz '2026-01-01 00:00Z' + make_interval(secs => sum(1 + (random() * 4)::integer) OVER (PARTITION BY i ORDER BY k)) AS time,
       -- walks with jumps, so that values linger as well as leap
       CASE WHEN random() < 0.3 THEN random() * 100 ELSE 50 + 45 * sin(k / (3 + i % 7)::float8) END AS value,
       k, floor(k / (2 + 20 * random()))::integer AS noise
FROM generate_series(1, 40) AS i, generate_series(1, 200) AS k;

SELECT alarm.evaluate_batch(array_agg(s.id ORDER BY s.id, m.time), array_agg(m.time ORDER BY s.id, m.time), array_agg(m.value ORDER BY s.id, m.time))
FROM sample AS m JOIN plant.sensor AS s ON s.equipment_id = 'whole' AND s.name = 's' || m.sensor;

DO $$
DECLARE v_from integer := 1; v_to integer;
BEGIN
    WHILE v_from <= 200 LOOP
        v_to := v_from + floor(random() ^ 2 * 40)::integer;
        PERFORM alarm.evaluate_batch(array_agg(s.id ORDER BY h), array_agg(m.time ORDER BY h), array_agg(m.value ORDER BY h))
        FROM (SELECT x.*, random() AS h FROM sample AS x WHERE x.k BETWEEN v_from AND v_to) AS m
        JOIN plant.sensor AS s ON s.equipment_id = 'cut' AND s.name = 's' || m.sensor;
        v_from := v_to + 1;
    END LOOP;
END $$;

DO $$
DECLARE v_sample record;
BEGIN
    FOR v_sample IN SELECT s.id, m.time, m.value FROM sample AS m JOIN plant.sensor AS s ON s.equipment_id = 'single' AND s.name = 's' || m.sensor ORDER BY m.time, s.id LOOP
        -- the clock runs up to the moment of the sample, but for the signals of the others it must not run past theirs
        PERFORM alarm.tick(v_sample.time + ops.setting_interval('alarm.tick_grace') - INTERVAL '1 ms') WHERE random() < 0.05;
        PERFORM alarm.evaluate_batch(ARRAY[v_sample.id], ARRAY[v_sample.time], ARRAY[v_sample.value]);
    END LOOP;
END $$;

SELECT alarm.tick(timestamptz '2026-01-02 00:00Z');
CREATE FUNCTION pg_temp.story(equipment text) RETURNS TABLE (sensor text, kind text, occurred_at timestamptz, level text, severity text, value float8, peak float8)
LANGUAGE sql AS $$
    SELECT s.name, t.kind, t.occurred_at, t.level, t.severity, t.value, CASE WHEN t.kind = 'cleared' THEN a.peak_value END
    FROM alarm.transition AS t JOIN alarm.alarm AS a ON a.id = t.alarm_id JOIN plant.sensor AS s ON s.id = a.sensor_id
    WHERE a.equipment_id = equipment ORDER BY s.name, t.occurred_at, t.kind, t.level $$;
SELECT cmp_ok((SELECT count(*) FROM pg_temp.story('whole')), '>', 1000::bigint, 'the random samples make more than a thousand transitions');
SELECT cmp_ok((SELECT count(DISTINCT sensor) FROM pg_temp.story('whole')), '>', 35::bigint, 'on nearly all rules');
SELECT cmp_ok((SELECT count(*) FROM pg_temp.story('whole') WHERE kind = 'chatter_started'), '>', 5::bigint, 'some chatter');
SELECT results_eq($$SELECT * FROM pg_temp.story('cut')$$, $$SELECT * FROM pg_temp.story('whole')$$, 'random cuts, shuffled within: the same transitions');
SELECT results_eq($$SELECT * FROM pg_temp.story('single')$$, $$SELECT * FROM pg_temp.story('whole')$$, 'one by one with the clock between: the same transitions');
SELECT results_eq(
    $$SELECT n.name, t.active, t.since, t.next_due, t.chattering FROM alarm.state AS t JOIN plant.sensor AS n ON n.id = t.sensor_id WHERE n.equipment_id = 'cut' AND NOT t.idle ORDER BY 1$$,
    $$SELECT n.name, t.active, t.since, t.next_due, t.chattering FROM alarm.state AS t JOIN plant.sensor AS n ON n.id = t.sensor_id WHERE n.equipment_id = 'whole' AND NOT t.idle ORDER BY 1$$,
    'and the same states');
SELECT is((SELECT count(*) FROM (SELECT 1 FROM alarm.alarm WHERE active GROUP BY signal_id HAVING count(*) > 1) AS x), 0::bigint, 'never two open alarms of one rule and sensor');
SELECT * FROM finish();
ROLLBACK;
