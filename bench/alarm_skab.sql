-- See bench/alarm_skab, which fills public.skab (equipment, column, time, value) and runs this.
\set QUIET on
SET client_min_messages = warning;
\o /dev/null
INSERT INTO plant.equipment (id, name) SELECT DISTINCT equipment, equipment FROM skab;
INSERT INTO plant.sensor (equipment_id, name, type) SELECT DISTINCT equipment, name, 'unknown' FROM skab;
INSERT INTO telemetry.reading (time, value, sensor_id, is_historical)
SELECT DISTINCT ON (n.id, k.at) k.at AT TIME ZONE 'UTC', k.value, n.id, true
FROM skab AS k JOIN plant.sensor AS n ON n.equipment_id = k.equipment AND n.name = k.name
ORDER BY n.id, k.at, k.value;
ANALYZE telemetry.reading;

-- baseline "*": from anomaly-free alone, for all files; baseline "own": from the first 400 seconds of the file itself
SELECT alarm.learn_baseline((SELECT array_agg(id) FROM plant.sensor WHERE equipment_id = 'skab-skab-anomaly-free'), '2000-01-01', '2100-01-01');
INSERT INTO alarm.baseline (sensor_id, centre, spread, lowest, highest, samples, learned_from, learned_to)
SELECT n.id, b.centre, b.spread, b.lowest, b.highest, b.samples, b.learned_from, b.learned_to
FROM alarm.baseline AS b JOIN plant.sensor AS o ON o.id = b.sensor_id JOIN plant.sensor AS n ON n.name = o.name AND n.equipment_id LIKE 'skab-valve1-%'
WHERE o.equipment_id = 'skab-skab-anomaly-free';
SELECT alarm.learn_baseline(ARRAY[n.id], min(r.time), min(r.time) + INTERVAL '400 seconds', 'own')
FROM plant.sensor AS n JOIN telemetry.reading AS r ON r.sensor_id = n.id
WHERE n.equipment_id LIKE 'skab-valve1-%' GROUP BY n.id;
INSERT INTO alarm.rule (name, condition, low, high, chatter_count, select_equipment, enabled)
VALUES ('skab', 'baseline', -4, 4, NULL, '{skab-*}', false);

-- the labels as known faults, which alarm.compare_backtest holds alarms against; the first 400 rows are not scored
INSERT INTO alarm.known_fault (equipment_id, starts_at, ends_at, label, source)
SELECT f.equipment_id, min(f.time), max(f.time) + INTERVAL '1 second', 'valve closed', 'SKAB'
FROM (
    SELECT m.*, m.row - row_number() OVER (PARTITION BY m.equipment_id, m.anomaly ORDER BY m.time) AS run
    FROM (
        SELECT n.equipment_id, r.time, r.value > 0.5 AS anomaly, row_number() OVER (PARTITION BY n.equipment_id ORDER BY r.time) AS row
        FROM telemetry.reading AS r JOIN plant.sensor AS n ON n.id = r.sensor_id AND n.name = 'anomaly' AND n.equipment_id LIKE 'skab-valve1-%'
    ) AS m
) AS f
WHERE f.anomaly AND f.row > 400
GROUP BY f.equipment_id, f.run;

-- a moment counts as found while an alarm of any of the sensors stands; the first 400 rows are not scored
CREATE FUNCTION pg_temp.score(files text, sensors text[], changes jsonb)
    RETURNS TABLE (found bigint, false_alarm bigint, missed bigint, "precision" numeric, recall numeric, f1 numeric)
    LANGUAGE sql
AS $$
    WITH stood AS MATERIALIZED (
        SELECT b.equipment_id, b.raised_at, b.cleared_at
        FROM alarm.backtest((SELECT id FROM alarm.rule WHERE name = 'skab'), '2000-01-01', '2100-01-01', $3,
            (SELECT array_agg(id) FROM plant.sensor WHERE equipment_id ~ $1 AND name = ANY ($2))) AS b
    ), moment AS (
        SELECT n.equipment_id, r.time, r.value > 0.5 AS anomaly, row_number() OVER (PARTITION BY n.equipment_id ORDER BY r.time) AS row
        FROM telemetry.reading AS r JOIN plant.sensor AS n ON n.id = r.sensor_id AND n.name = 'anomaly' AND n.equipment_id ~ $1
    ), judged AS (
        SELECT m.anomaly, EXISTS (SELECT FROM stood AS s WHERE s.equipment_id = m.equipment_id AND m.time >= s.raised_at
                                  AND (s.cleared_at IS NULL OR m.time < s.cleared_at)) AS alarmed
        FROM moment AS m WHERE m.row > 400
    ), counted AS (
        SELECT count(*) FILTER (WHERE anomaly AND alarmed) AS tp, count(*) FILTER (WHERE alarmed AND NOT anomaly) AS fp,
               count(*) FILTER (WHERE anomaly AND NOT alarmed) AS fn
        FROM judged
    )
    SELECT tp, fp, fn, round(tp::numeric / nullif(tp + fp, 0), 3), round(tp::numeric / nullif(tp + fn, 0), 3),
           round(2.0 * tp / nullif(2 * tp + fp + fn, 0), 3)
    FROM counted
$$;
-- The grid is fixed here: which sensors, which baseline, how many spreads, which delays. Only files 0..3 choose.
CREATE TEMP TABLE setting AS
SELECT s.sensors, jsonb_build_object('parameters', jsonb_build_object('state', k.state), 'low', -l.spreads, 'high', l.spreads,
                                     'on_delay', d.on_s, 'off_delay', d.off_s) AS changes
FROM (VALUES (ARRAY['Volume Flow RateRMS']), (ARRAY['Accelerometer1RMS', 'Accelerometer2RMS']),
             (ARRAY['Volume Flow RateRMS', 'Accelerometer1RMS', 'Accelerometer2RMS'])) AS s (sensors),
     unnest('{*,own}'::text[]) AS k (state), unnest('{1.5,2,2.5,3,4,6}'::float8[]) AS l (spreads),
     (VALUES (0, 0), (3, 30), (5, 60), (5, 120), (10, 120)) AS d (on_s, off_s);
CREATE TEMP TABLE searched AS
SELECT t.*, x.f1 FROM setting AS t CROSS JOIN LATERAL pg_temp.score('valve1-[0-3]', t.sensors, t.changes) AS x;
CREATE TEMP TABLE tuned AS
SELECT 1 AS place, 'tuned' AS name, t.* FROM (SELECT * FROM searched ORDER BY f1 DESC NULLS LAST, changes::text, sensors LIMIT 1) AS t
UNION ALL
-- the best that the baseline of anomaly-free.csv can do
SELECT 2, 'tuned, anomaly-free baseline', t.*
FROM (SELECT * FROM searched WHERE changes #>> '{parameters,state}' = '*' ORDER BY f1 DESC NULLS LAST, changes::text, sensors LIMIT 1) AS t;
CREATE TEMP TABLE result AS
SELECT row_number() OVER () AS place, r.* FROM (
    SELECT 'default' AS key, 'default rule: anomaly-free.csv alone, 4 spreads, valve1/0..7' AS setting, x.*
    FROM pg_temp.score('valve1-', ARRAY['Volume Flow RateRMS', 'Accelerometer1RMS', 'Accelerometer2RMS'], '{}') AS x
    UNION ALL
    SELECT 'default_held_back', 'the same, valve1/4..7', x.*
    FROM pg_temp.score('valve1-[4-7]', ARRAY['Volume Flow RateRMS', 'Accelerometer1RMS', 'Accelerometer2RMS'], '{}') AS x
    UNION ALL
    SELECT 'untuned_held_back', 'first 400 rows of each file, 4 spreads, untuned, valve1/4..7', x.*
    FROM pg_temp.score('valve1-[4-7]', ARRAY['Volume Flow RateRMS', 'Accelerometer1RMS', 'Accelerometer2RMS'], '{"parameters": {"state": "own"}}') AS x
    UNION ALL
    SELECT 'free_held_back', 'best of the grid for anomaly-free.csv on 0..3, held back: valve1/4..7', x.*
    FROM tuned AS t CROSS JOIN LATERAL pg_temp.score('valve1-[4-7]', t.sensors, t.changes) AS x WHERE t.place = 2
    UNION ALL
    SELECT 'tuned', 'best of the grid on valve1/0..3, there', x.*
    FROM tuned AS t CROSS JOIN LATERAL pg_temp.score('valve1-[0-3]', t.sensors, t.changes) AS x WHERE t.place = 1
    UNION ALL
    SELECT 'tuned_held_back', 'the same, held back: valve1/4..7', x.*
    FROM tuned AS t CROSS JOIN LATERAL pg_temp.score('valve1-[4-7]', t.sensors, t.changes) AS x WHERE t.place = 1
) AS r;
\o
\pset footer off
\if :{?json}
\pset tuples_only on
\pset format unaligned
SELECT json_object_agg(key, json_build_object('setting', setting, 'precision', "precision", 'recall', recall, 'f1', f1)) FROM result;
\else
SELECT setting, found, false_alarm, missed, "precision", recall, f1 FROM result ORDER BY place;
SELECT name, sensors, changes FROM tuned ORDER BY place;
\echo Alarms on the files held back, default (other) and tuned (changed), by alarm.compare_backtest:
SELECT c.setting, c.alarms, round(c.minutes_active) AS minutes_active, c.faults, c.faults_found, c.true_alarms, c.false_alarms, c.median_lead
FROM tuned AS t CROSS JOIN LATERAL alarm.compare_backtest((SELECT id FROM alarm.rule WHERE name = 'skab'), '2000-01-01', (SELECT max(at) AT TIME ZONE 'UTC' FROM skab WHERE equipment ~ 'valve1-[4-7]'), t.changes, '{}',
    (SELECT array_agg(id) FROM plant.sensor WHERE equipment_id ~ 'valve1-[4-7]' AND name = ANY (t.sensors))) AS c
WHERE t.place = 1;
\endif
\o /dev/null
DELETE FROM alarm.rule WHERE name = 'skab';
DELETE FROM alarm.known_fault WHERE equipment_id LIKE 'skab-%';
DELETE FROM telemetry.reading WHERE sensor_id IN (SELECT id FROM plant.sensor WHERE equipment_id LIKE 'skab-%');
DELETE FROM plant.sensor WHERE equipment_id LIKE 'skab-%';
DELETE FROM plant.equipment WHERE id LIKE 'skab-%';
DROP TABLE skab;
