-- RUL-lite by stored points against one that is told them one by one; the file of thresholds; rul/debug.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
SELECT ops.set_setting('ml.rul_lite_settle', '"0 seconds"'), ops.set_setting('ml.rul_lite_every', '"1 day"') \g /dev/null
INSERT INTO plant.equipment (id, name) SELECT m, m FROM unnest('{l-1,l-2,l-3,l-4,l-5}'::text[]) AS m;
INSERT INTO plant.sensor (equipment_id, name, type) SELECT m, s.name, s.type FROM unnest('{l-1,l-2,l-3,l-4,l-5}'::text[]) AS m,
    (VALUES ('current_x', 'current'), ('current_y', 'current'), ('current_z', 'current'), ('vibration', 'vibration')) AS s (name, type)
WHERE m <> 'l-2' OR s.type = 'vibration';
CREATE FUNCTION pg_temp.store(p_machine text, p_sensor text, p_seconds float8[], p_values float8[], p_from timestamptz) RETURNS integer LANGUAGE sql AS $$
    SELECT (ingest.store_points(array_agg(p_machine), array_agg(p_sensor), array_agg(NULL::text), array_agg(NULL::text), array_agg(p_from + s * INTERVAL '1 second' ORDER BY s),
        array_agg(v ORDER BY s))).stored FROM unnest(p_seconds, p_values) AS u (s, v) $$;

SELECT is(ml.tick_stored_points(), 0::bigint, 'no thresholds, no ticks');
SELECT is_empty($$SELECT FROM ml.rul_lite_feed$$, 'and nothing is kept of the machines');
INSERT INTO ml.rul_lite_threshold (equipment_id, power, current_threshold, vibration_threshold, set_at) VALUES ('l-1', '5kW', 10, 2, now() - INTERVAL '1 hour'), ('l-2', '*', 10, 2, now() - INTERVAL '1 hour');
SELECT is(ml.tick_stored_points(), 0::bigint, 'no points, no ticks');
SELECT results_eq($$SELECT equipment_id, done_to > now() - INTERVAL '2 minutes' FROM ml.rul_lite_feed ORDER BY 1$$, $$VALUES ('l-1', true), ('l-2', true)$$, 'machines that have thresholds begin');
UPDATE ml.rul_lite_feed SET done_to = now() - INTERVAL '20 minutes';

-- A naive one: every moment of a current is a tick, each signal as it last was within five seconds.
CREATE FUNCTION pg_temp.naive(p_machine text, p_power text, p_from timestamptz, p_to timestamptz) RETURNS ml.rul_lite_state LANGUAGE plpgsql AS $$
DECLARE
    v_state ml.rul_lite_state;
    v_moment timestamptz;
    v record;
BEGIN
    v_state.equipment_id := p_machine; v_state.power := p_power; v_state.units := 20000; v_state.ceiling := 20000; v_state.is_on := false;
    v_state.above := 0; v_state.below := 0; v_state.calm := 0; v_state.time := p_from;
    FOR v_moment IN SELECT DISTINCT r.time FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id
        WHERE s.equipment_id = p_machine AND r.time > p_from AND r.time <= p_to AND r.quality < 2 AND (s.type = 'current' OR p_machine = 'l-2') ORDER BY 1
    LOOP
        SELECT max(l.value) FILTER (WHERE s.name = 'current_x') AS x, max(l.value) FILTER (WHERE s.name = 'current_y') AS y, max(l.value) FILTER (WHERE s.name = 'current_z') AS z,
               max(l.value) FILTER (WHERE s.name = 'vibration') AS vibe INTO v
        FROM plant.sensor AS s CROSS JOIN LATERAL (SELECT r.value FROM telemetry.reading AS r WHERE r.sensor_id = s.id AND r.time <= v_moment AND r.time > v_moment - INTERVAL '5 seconds' AND r.quality < 2
            ORDER BY r.time DESC LIMIT 1) AS l
        WHERE s.equipment_id = p_machine;
        v_state.x := v.x; v_state.y := v.y; v_state.z := v.z; v_state.vibe := v.vibe;
        SELECT (r.state).* INTO v_state FROM ml.rul_lite_run(v_state, ARRAY[v_moment], ARRAY[ml.rul_lite_ratio(p_machine, p_power, v.x, v.y, v.z, v.vibe)]) AS r;
    END LOOP;
    RETURN v_state;
END $$;
SELECT setseed(0.7) \g /dev/null
-- stretches that are calm or worn; signals with times of their own, and pauses
CREATE FUNCTION pg_temp.scatter(p_machine text, p_from timestamptz, p_seconds integer) RETURNS bigint LANGUAGE sql AS $$
    SELECT sum((ingest.store_points(array_agg(p_machine ORDER BY g.at), array_agg(g.name ORDER BY g.at), array_agg(NULL::text), array_agg(NULL::text), array_agg(g.at ORDER BY g.at), array_agg(g.value ORDER BY g.at))).stored) OVER ()
    FROM (SELECT s.name, p_from + n * INTERVAL '1 second' + CASE WHEN s.name = 'vibration' THEN random() * INTERVAL '0.9 seconds' ELSE INTERVAL '0' END AS at,
                 CASE s.name WHEN 'vibration' THEN 1 + (n / 37 % 3 = 1)::integer * 1.2 * random() ELSE 5 + (n / 29 % 4 = 2)::integer * 3 * random() END AS value
          FROM plant.sensor AS s, generate_series(0, p_seconds - 1) AS n
          WHERE s.equipment_id = p_machine AND random() < 0.8 AND n % 50 > 6) AS g LIMIT 1 $$;
SELECT pg_temp.scatter('l-1', now() - INTERVAL '15 minutes', 400), pg_temp.scatter('l-2', now() - INTERVAL '15 minutes', 400) \g /dev/null
SELECT ok(ml.tick_stored_points() > 500, 'stored points tick');
SELECT pg_temp.scatter('l-1', now() - INTERVAL '8 minutes', 300), pg_temp.scatter('l-2', now() - INTERVAL '8 minutes', 300) \g /dev/null
SELECT ok(ml.tick_stored_points() > 300, 'and those that come then');
SELECT is(ml.tick_stored_points(), 0::bigint, 'each once');
SELECT results_eq(format($$SELECT round(units::numeric, 6), round(ceiling::numeric, 6), is_on, above, below, calm, round(ratio::numeric, 9), time, x, y, z, vibe FROM ml.rul_lite_state WHERE equipment_id = %L$$, m),
    format($$SELECT round(units::numeric, 6), round(ceiling::numeric, 6), is_on, above, below, calm, round(ratio::numeric, 9), time, x, y, z, vibe FROM pg_temp.naive(%L, %L, now() - INTERVAL '20 minutes', now())$$, m, p), 'as one by one: ' || m)
FROM (VALUES ('l-1', '5kW'), ('l-2', '*')) AS v (m, p);
SELECT ok((SELECT units FROM ml.rul_lite_state WHERE equipment_id = 'l-1') < 19990, 'there was wear');
SELECT results_eq($$SELECT equipment_id, ticks FROM ml.rul_lite_feed WHERE ticks > 0 ORDER BY 1$$,
    $$SELECT s.equipment_id, count(DISTINCT r.time) FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id
      WHERE s.equipment_id IN ('l-1', 'l-2') AND (s.type = 'current' OR s.equipment_id = 'l-2') GROUP BY 1 ORDER BY 1$$, 'as many ticks as moments');
SELECT ok(count(*) > 2 AND bool_and(time < now()), 'estimates at the first tick and whenever the alarm changed, of the points'' times') FROM ml.rul_predictions WHERE equipment_id = 'l-1' AND method = 'rul_lite';
SELECT is((SELECT count(*) FROM ml.rul_predictions WHERE equipment_id = 'l-1'), (SELECT count(DISTINCT time) FROM ml.rul_predictions WHERE equipment_id = 'l-1'), 'none twice');

-- A machine that is far behind and pauses, and one that is not, in one run: neither loses a tick
INSERT INTO ml.rul_lite_threshold (equipment_id, current_threshold, set_at) VALUES ('l-4', 10, now() - INTERVAL '1 day'), ('l-5', 10, now() - INTERVAL '1 day');
SELECT ml.tick_stored_points() \g /dev/null
UPDATE ml.rul_lite_feed SET done_to = now() - INTERVAL '3 hours' WHERE equipment_id = 'l-4';
UPDATE ml.rul_lite_feed SET done_to = now() - INTERVAL '9 minutes' WHERE equipment_id = 'l-5';
SELECT pg_temp.store('l-4', 'current_x', '{0,1,2}', '{11,11,11}', now() - INTERVAL '2 hours 59 minutes'), pg_temp.store('l-4', 'current_x', '{0,1}', '{11,11}', now() - INTERVAL '10 seconds'),
    pg_temp.store('l-5', 'current_x', '{0,100,200,300,400}', '{11,11,11,11,11}', now() - INTERVAL '8 minutes') \g /dev/null
UPDATE telemetry.reading SET is_historical = false WHERE sensor_id IN (SELECT id FROM plant.sensor WHERE equipment_id IN ('l-4', 'l-5'));
SELECT is(ml.tick_stored_points(), 10::bigint, 'three, two and five');
SELECT results_eq($$SELECT equipment_id, ticks FROM ml.rul_lite_feed WHERE equipment_id IN ('l-4', 'l-5') ORDER BY 1$$, $$VALUES ('l-4', 5::bigint), ('l-5', 5)$$, 'each its own');
DELETE FROM ml.rul_lite_threshold WHERE equipment_id IN ('l-4', 'l-5');
DELETE FROM ml.rul_lite_state WHERE equipment_id IN ('l-4', 'l-5');

-- what is no tick
CREATE TEMP TABLE before AS SELECT * FROM ml.rul_lite_state;
SELECT pg_temp.store('l-1', 'current_x', '{0,1}', '{99,99}', now() - INTERVAL '12 minutes 0.5 seconds') \g /dev/null
SELECT is(ml.tick_stored_points(), 0::bigint, 'what is older than the last tick');
INSERT INTO telemetry.reading (sensor_id, time, value, quality, is_historical) SELECT s.id, now() - INTERVAL '1 minute' + q.quality * INTERVAL '1 second', 99, q.quality, q.is_historical
FROM plant.sensor AS s, (VALUES (2, false), (0, true)) AS q (quality, is_historical) WHERE s.equipment_id = 'l-1' AND s.name = 'current_x';
UPDATE telemetry.latest SET time = now() WHERE sensor_id IN (SELECT id FROM plant.sensor WHERE equipment_id = 'l-1');
SELECT is(ml.tick_stored_points(), 0::bigint, 'what is bad or historical');
SELECT results_eq($$SELECT * FROM ml.rul_lite_state ORDER BY equipment_id$$, $$SELECT * FROM before ORDER BY equipment_id$$, 'nothing changed');
SELECT ops.set_setting('ml.rul_lite_stored', 'false') \g /dev/null
SELECT pg_temp.store('l-1', 'current_x', '{0}', '{99}', now() - INTERVAL '5 seconds') \g /dev/null
SELECT is(ml.tick_stored_points(), 0::bigint, 'switched off');
SELECT ops.set_setting('ml.rul_lite_stored', 'true') \g /dev/null

-- a rule hears it
INSERT INTO alarm.rule (name, condition, low, severity, select_equipment) VALUES ('life', 'rul_below', 19999.5, 'high', '{l-3}');
INSERT INTO ml.rul_lite_threshold (equipment_id, current_threshold, set_at) VALUES ('l-3', 1, now() - INTERVAL '1 hour');
SELECT ml.tick_stored_points() \g /dev/null
UPDATE ml.rul_lite_feed SET done_to = now() - INTERVAL '1 minute' WHERE equipment_id = 'l-3';
SELECT pg_temp.store('l-3', 'current_x', '{0,1,2,3,4}', '{9,9,9,9,9}', now() - INTERVAL '20 seconds') \g /dev/null
SELECT is(ml.tick_stored_points(), 5::bigint, 'five ticks, far above');
SELECT is((SELECT units FROM ml.rul_lite_state WHERE equipment_id = 'l-3'), 19996::float8, 'from the second on each takes one');
SELECT results_eq($$SELECT severity, data ->> 'method' FROM alarm.alarm WHERE equipment_id = 'l-3'$$, $$VALUES ('high', 'rul_lite')$$, 'an alarm');
-- over HTTP and by stored points it is one life
SELECT is((api.ingest_rul('l-3', 'auto', 9)) ->> 'step_decay', '1', 'over HTTP it goes on');
SELECT is((SELECT units FROM ml.rul_lite_state WHERE equipment_id = 'l-3'), 19995::float8, 'from where it was');

-- the file
CREATE FUNCTION pg_temp.import(p_file jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT ml.import_rul_calibration(p_file) $$;
SELECT is(pg_temp.import('{"l-4::5kW": {"cur_mag_thr": 12.5, "vibe_thr": 4}, "l-4": {"vibe_thr": 3}, "a::b::c": {"cur_mag_thr": 1, "vibe_thr": null}, "l-1::5kW": {"vibe_thr": 7}}'),
    '{"imported": 3, "unchanged": 0, "removed": 0, "kept": ["l-1::5kW"], "refused": []}', 'imported; what a person set stays');
SELECT results_eq($$SELECT equipment_id, power, current_threshold, vibration_threshold, source FROM ml.rul_lite_threshold WHERE source = 'file' ORDER BY 1, 2$$,
    $$VALUES ('a::b', 'c', 1::float8, NULL::float8, 'file'), ('l-4', '*', NULL, 3, 'file'), ('l-4', '5kW', 12.5, 4, 'file')$$, 'as rows');
SELECT is((SELECT vibration_threshold FROM ml.rul_lite_threshold WHERE equipment_id = 'l-1'), 2::float8, 'not over it');
SELECT is(pg_temp.import('{"l-4::5kW": {"cur_mag_thr": 13, "vibe_thr": 4}, "l-4": {"vibe_thr": 3}}'), '{"imported": 1, "unchanged": 1, "removed": 1, "kept": [], "refused": []}', 'the file says otherwise, and no more');
UPDATE ml.rul_lite_threshold SET vibration_threshold = 9 WHERE equipment_id = 'l-4' AND power = '5kW';
SELECT is(pg_temp.import('{"l-4::5kW": {"cur_mag_thr": 13, "vibe_thr": 4}, "l-4": {"vibe_thr": 3}}'), '{"imported": 0, "unchanged": 1, "removed": 0, "kept": ["l-4::5kW"], "refused": []}', 'what a person changed is theirs');
SELECT results_eq($$SELECT vibration_threshold, source FROM ml.rul_lite_threshold WHERE equipment_id = 'l-4' AND power = '5kW'$$, $$VALUES (9::float8, 'given')$$, 'and says so');
SELECT is(pg_temp.import(jsonb_build_object('l-4', c.value)) -> 'refused', jsonb_build_array(jsonb_build_object('member', 'l-4', 'message', c.message)), 'refused: ' || c.value::text)
FROM (VALUES ('7'::jsonb, 'is not an object'), ('{}', 'has no threshold'), ('{"vibe_thr": null}', 'has no threshold'), ('{"vibe_thr": 0}', 'vibe_thr is not a number above 0, up to 1e100'),
    ('{"vibe_thr": -1}', 'vibe_thr is not a number above 0, up to 1e100'), ('{"vibe_thr": "3"}', 'vibe_thr is not a number above 0, up to 1e100'), ('{"cur_mag_thr": 1e101}', 'cur_mag_thr is not a number above 0, up to 1e100'),
    ('{"cur_mag_thr": 1, "vib": 2}', 'has a member that is neither cur_mag_thr nor vibe_thr: vib')) AS c (value, message);
SELECT is((SELECT count(*) FROM ml.rul_lite_threshold WHERE equipment_id = 'l-4' AND source = 'file'), 1::bigint, 'what is refused leaves the row as it was');
SELECT is(pg_temp.import('{"l-5": {"vibe_thr": 3}, "l-5::*": {"vibe_thr": 4}, "::": {"vibe_thr": 1}}') #>> '{refused,0,message}', 'its name is not equipment::power, 1 to 64 characters each', 'names');
SELECT is(pg_temp.import('{"l-5": {"vibe_thr": 3}, "l-5::*": {"vibe_thr": 4}}') #>> '{refused,1,message}', 'there are two for this machine and power', 'two of one');
SELECT throws_ok(format('SELECT ml.import_rul_calibration(%L)', c), 'MW422', NULL, 'no object: ' || coalesce(left(c::text, 20), 'NULL')) FROM unnest(ARRAY['[]', '7', NULL, (SELECT jsonb_object_agg(i, 1) FROM generate_series(1, 10001) AS i)]::jsonb[]) AS c;
-- one power has thresholds: a machine that never ticked is of that
DELETE FROM ml.rul_lite_threshold WHERE equipment_id = 'l-5';
SELECT is(ml.rul_lite_power('l-5', 'auto'), '*', 'no thresholds, no power');
INSERT INTO ml.rul_lite_threshold (equipment_id, power, vibration_threshold) VALUES ('l-5', '7kW', 1);
SELECT is(ml.rul_lite_power('l-5', 'auto'), '7kW', 'the one that it has thresholds for');
INSERT INTO ml.rul_lite_threshold (equipment_id, power, vibration_threshold) VALUES ('l-5', '9kW', 1);
SELECT is(ml.rul_lite_power('l-5', 'auto'), '*', 'of several none');

-- rul/debug
SELECT results_eq($$SELECT d ->> 'power', d ->> 'alarm', d ->> 'units', d -> 'thresholds' ->> 'current', d -> 'thresholds' ->> 'power', d ->> 'x', d ->> 'stored_ticks' FROM jsonb_array_elements(api.get_rul_debug('l-3') -> 'states') AS d$$,
    $$VALUES ('*', '1', '19995', '1', '*', '9', '5')$$, 'what it holds of a machine');
SELECT is(api.get_rul_debug('l-5') #> '{states,0,ratio}', 'null', 'thresholds, and no tick yet');
SELECT is((api.get_rul_debug() ->> 'total')::integer, jsonb_array_length(api.get_rul_debug(size => 1000) -> 'states'), 'all of them');
SELECT is((SELECT array_agg(x) FROM (SELECT (d ->> 'equipment_id') || (d ->> 'power') FROM generate_series(1, 20) AS p, jsonb_array_elements(api.get_rul_debug(page => p, size => 2) -> 'states') AS d) AS q (x)),
          (SELECT array_agg((d ->> 'equipment_id') || (d ->> 'power')) FROM jsonb_array_elements(api.get_rul_debug(size => 1000) -> 'states') AS d), 'by pages the same');
SELECT is(api.get_rul_debug('l-4', '5kW') #>> '{states,0,thresholds,source}', 'given', 'of one power');
SELECT ok(api.get_rul_debug() -> 'settings' ? 'life', 'with the settings');
SELECT throws_ok('SELECT api.get_rul_debug(''nobody'')', 'MW404', NULL, 'no such machine');
SELECT throws_ok(format('SELECT api.get_rul_debug(%s)', c), 'MW422', NULL, 'refused: ' || c) FROM unnest('{page => 0,page => NULL,size => 1001,size => 0}'::text[]) AS c;
SELECT * FROM finish();
ROLLBACK;
