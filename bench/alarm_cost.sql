-- What 1,000 rules over 1,000 sensors cost ingest.store, beside 1,000 sensors without rules in the same run: batches of 12,000 points
-- take turns, so that whatever else the machine does strikes both. psql -d <a migrated database that may be changed> -f bench/alarm_cost.sql
-- (-v json=1: one JSON object instead of the table)
\set QUIET on
SET client_min_messages = warning;
\o /dev/null
INSERT INTO plant.equipment (id, name) SELECT p || '-' || i, p FROM unnest('{ruled,free}'::text[]) AS p, generate_series(1, 100) AS i;
INSERT INTO plant.sensor (equipment_id, name, type, unit)
SELECT p || '-' || i, 's' || j, 'current', 'A' FROM unnest('{ruled,free}'::text[]) AS p, generate_series(1, 100) AS i, generate_series(1, 10) AS j;
INSERT INTO alarm.rule (name, condition, low, high, deadband, chatter_count, select_equipment, select_sensor)
SELECT 'cost ' || s.id, 'outside', -100, 100, 1, NULL, ARRAY[s.equipment_id], ARRAY[s.name] FROM plant.sensor AS s WHERE s.equipment_id LIKE 'ruled-%';
CREATE TABLE public.cost_batch AS
SELECT p.side, p.number, array_agg(p.id ORDER BY p.id, p.time) AS sensor, array_agg(p.time ORDER BY p.id, p.time) AS time,
       array_agg(p.calm ORDER BY p.id, p.time) AS calm, array_agg(p.standing ORDER BY p.id, p.time) AS standing, array_agg(p.scattered ORDER BY p.id, p.time) AS scattered
FROM (
    SELECT split_part(s.equipment_id, '-', 1) AS side, b AS number, s.id,
           clock_timestamp() - INTERVAL '10 minutes' + (b * 12 + k) * INTERVAL '0.2 seconds' AS time, random() * 10 AS calm,
           CASE WHEN s.place % 20 = 0 THEN 200 + random() ELSE random() * 10 END AS standing,
           CASE WHEN random() < 0.05 THEN 200 ELSE random() * 10 END AS scattered
    FROM (SELECT n.*, row_number() OVER (PARTITION BY split_part(n.equipment_id, '-', 1) ORDER BY n.id) AS place
          FROM plant.sensor AS n WHERE n.equipment_id ~ '^(ruled|free)-') AS s,
         generate_series(1, 180) AS b, generate_series(1, 12) AS k
) AS p
GROUP BY p.side, p.number;
CREATE TABLE public.cost_case (what text, place integer, label text);
INSERT INTO public.cost_case VALUES
    ('calm', 1, 'nothing abnormal'), ('standing', 2, '5 % of the sensors abnormal'),
    ('scattered', 3, '5 % of the points abnormal, anywhere'), ('undamped', 4, 'the same, each of them an alarm (no damping)');
CREATE TABLE public.cost_result (what text, side text, number integer, ms float8, transitions integer);
VACUUM ANALYZE;
CREATE PROCEDURE public.cost_run(what text, first integer, last integer) LANGUAGE plpgsql AS $$
DECLARE
    b public.cost_batch;
    v_from timestamptz;
    v_transitions integer;
    -- in variables, as in ingest.accept: a column would be decompressed anew at each use
    v_sensor integer[];
    v_time timestamptz[];
    v_value float8[];
    v_quality smallint[] := array_fill(0::smallint, ARRAY[12000]);
    v_historical boolean[] := array_fill(false, ARRAY[12000]);
BEGIN
    FOR b IN SELECT * FROM public.cost_batch WHERE number BETWEEN first AND last ORDER BY number, side LOOP
        v_sensor := b.sensor;
        v_time := b.time;
        v_value := CASE what WHEN 'calm' THEN b.calm WHEN 'standing' THEN b.standing ELSE b.scattered END;
        v_from := clock_timestamp();
        SELECT s.alarm_transitions INTO v_transitions
        FROM ingest.store(v_sensor, v_time, v_value, v_quality, v_historical, clock_timestamp()) AS s;
        COMMIT;
        INSERT INTO public.cost_result VALUES (what, b.side, b.number, extract(epoch FROM clock_timestamp() - v_from) * 1000, v_transitions);
        COMMIT;
    END LOOP;
END $$;
CALL public.cost_run('calm', 1, 40);
CALL public.cost_run('standing', 41, 80);
CALL public.cost_run('undamped', 81, 110);
UPDATE alarm.rule SET chatter_count = DEFAULT WHERE name LIKE 'cost %';
-- 25 batches are a minute: until then each sensor has been found to chatter
CALL public.cost_run('damping', 111, 140);
CALL public.cost_run('scattered', 141, 180);
CREATE TABLE public.cost_summary AS
SELECT c.place, c.what, c.label, round(12000 / n.ms * 1000) AS points_s_without, round(12000 / r.ms * 1000) AS points_s_with,
       round((n.ms / r.ms * 100)::numeric) AS percent_kept, r.transitions
FROM public.cost_case AS c
JOIN (SELECT what, percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) AS ms FROM public.cost_result WHERE side = 'free' GROUP BY what) AS n USING (what)
JOIN (SELECT what, percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) AS ms, sum(transitions) AS transitions FROM public.cost_result WHERE side = 'ruled' GROUP BY what) AS r USING (what);
\o
\pset footer off
\if :{?json}
\pset tuples_only on
\pset format unaligned
SELECT json_object_agg(what, json_build_object('label', label, 'without', points_s_without, 'with', points_s_with, 'kept', percent_kept, 'transitions', transitions))
FROM public.cost_summary;
\else
SELECT label AS what, points_s_without, points_s_with, percent_kept, transitions FROM public.cost_summary ORDER BY place;
\endif
\o /dev/null
DROP TABLE public.cost_batch, public.cost_result, public.cost_case, public.cost_summary;
DROP PROCEDURE public.cost_run;
