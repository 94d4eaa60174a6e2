-- What is watched follows what is: each source of a signal has its trigger, and what stands is judged without a new sample.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
SELECT setseed(0.3);

CREATE FUNCTION pg_temp.deviating() RETURNS integer LANGUAGE sql AS 'SELECT alarm.assign(NULL, NULL)';
CREATE FUNCTION pg_temp.limit_of(sensor text, rule text) RETURNS float8 LANGUAGE sql AS $$
    SELECT g.high FROM alarm.signal AS g JOIN plant.sensor AS s ON s.id = g.sensor_id JOIN alarm.rule AS r ON r.id = g.rule_id
    WHERE s.name = limit_of.sensor AND s.equipment_id LIKE 'watch%' AND r.name = limit_of.rule AND g.assigned $$;

INSERT INTO plant.equipment (id, name, type, specifications) VALUES ('watch-1', 'w', 'pump', '{"vibration_class": "II", "rated_power_kw": "30"}');
INSERT INTO plant.sensor (equipment_id, name, type, unit) VALUES
    ('watch-1', 'v', 'vibration', 'mm/s'), ('watch-1', 't', 'temperature', 'Cel');
INSERT INTO alarm.rule (name, condition, high, high_high, deadband, select_equipment, select_sensor, parameters) VALUES
    ('w above', 'above', 80, NULL, 2, '{watch*}', '{t}', '{}'),
    ('w zone', 'iso_zone', NULL, NULL, 0, '{watch*}', '{v}', '{}'),
    ('w two', 'two_signal', 5, NULL, 0, '{watch*}', '{t}', '{"other": "t2", "operation": "difference"}'),
    ('w verdict', 'model_verdict', NULL, NULL, 0, '{watch*}', NULL, '{}');
INSERT INTO alarm.rule (name, condition, high, high_high, select_equipment, select_sensor, parameters) VALUES ('w base', 'baseline', 3, 6, '{watch*}', '{t}', '{}');

-- each source, one by one
SELECT is(pg_temp.deviating(), 0, 'rules and sensors: nothing to mend');
UPDATE alarm.vibration_zone SET boundary_bc = 2.9 WHERE standard = 'ISO 10816-1' AND machine_class = 'II';
SELECT is(pg_temp.limit_of('v', 'w zone'), 2.9::float8, 'vibration zone: the limit follows');
SELECT is(pg_temp.deviating(), 0, 'and nothing is left to mend');
INSERT INTO alarm.baseline (sensor_id, state, hour_of_week, centre, spread, lowest, highest, samples, learned_from, learned_to)
SELECT id, '*', -1, 50, 2, 40, 60, 1000, '2026-01-01', '2026-01-02' FROM plant.sensor WHERE equipment_id = 'watch-1' AND name = 't';
SELECT is(pg_temp.limit_of('t', 'w base'), 56::float8, 'a baseline set by hand makes the signal');
UPDATE alarm.baseline SET centre = 60 WHERE sensor_id IN (SELECT id FROM plant.sensor WHERE equipment_id = 'watch-1');
SELECT is(pg_temp.limit_of('t', 'w base'), 66::float8, 'one that changes moves the limit');
SELECT is(pg_temp.deviating(), 0, 'nothing to mend');
INSERT INTO plant.sensor (equipment_id, name, type, unit) VALUES ('watch-1', 't2', 'temperature', 'Cel');
SELECT is(pg_temp.limit_of('t', 'w two'), 5::float8, 'a rule on two signals begins when the second comes');
SELECT is(pg_temp.deviating(), 0, 'nothing to mend');
UPDATE plant.sensor SET name = 't3' WHERE equipment_id = 'watch-1' AND name = 't2';
SELECT is(pg_temp.limit_of('t', 'w two'), NULL::float8, 'and ends when it is renamed');
SELECT is(pg_temp.deviating(), 0, 'nothing to mend');
DELETE FROM telemetry.latest WHERE sensor_id IN (SELECT id FROM plant.sensor WHERE equipment_id = 'watch-1' AND name = 't3');
DELETE FROM plant.sensor WHERE equipment_id = 'watch-1' AND name = 't3';
SELECT is(pg_temp.deviating(), 0, 'a sensor that is removed takes its signals along');
INSERT INTO alarm.severity (name, rank, minimum_confidence, colour) SELECT 'extreme', max(rank) + 1, 0.95, '#000000' FROM alarm.severity;
SELECT is((SELECT g.severities[4] FROM alarm.signal AS g JOIN alarm.rule AS r ON r.id = g.rule_id WHERE r.name = 'w zone' AND g.assigned), 'extreme', 'a new worst severity reaches the outer limits');
SELECT is(pg_temp.deviating(), 0, 'nothing to mend');
UPDATE plant.equipment SET specifications = '{"vibration_class": "I", "rated_power_kw": "10"}' WHERE id = 'watch-1';
SELECT is(pg_temp.limit_of('v', 'w zone'), 1.8::float8, 'the machine''s class');
UPDATE plant.equipment SET id = 'watch-9' WHERE id = 'watch-1';
SELECT is((SELECT count(DISTINCT g.equipment_id) FROM alarm.signal AS g WHERE g.assigned AND g.equipment_id LIKE 'watch%'), 1::bigint, 'a renamed machine is watched under its new name only');
SELECT is(pg_temp.deviating(), 0, 'nothing to mend');
UPDATE plant.equipment SET id = 'watch-1' WHERE id = 'watch-9';

-- every compiled column: whatever is changed by hand in a signal is put back
SELECT alarm.assign(NULL, NULL);
CREATE FUNCTION pg_temp.tampered(c name) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('UPDATE alarm.signal SET %1$I = CASE WHEN pg_typeof(%1$I)::text = ''boolean'' THEN (NOT %1$I::text::boolean)::text ELSE NULL END::text::%2$s WHERE rule_id = (SELECT id FROM alarm.rule WHERE name = ''w above'')',
        c, (SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'alarm.signal'::regclass AND attname = c));
    RETURN pg_temp.deviating();
END $$;
SELECT cmp_ok(pg_temp.tampered(a.attname), '>', 0, format('a changed %s is noticed', a.attname))
FROM pg_attribute AS a
WHERE a.attrelid = 'alarm.signal'::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attname IN ('live');
UPDATE alarm.signal SET quiet_high = 1e9 WHERE rule_id = (SELECT id FROM alarm.rule WHERE name = 'w above');
SELECT is(pg_temp.deviating(), 1, 'quiet_high is compared');
UPDATE alarm.signal SET quiet_low = -7 WHERE rule_id = (SELECT id FROM alarm.rule WHERE name = 'w above');
SELECT is(pg_temp.deviating(), 1, 'quiet_low is compared');
UPDATE alarm.signal SET parameter = 7 WHERE rule_id = (SELECT id FROM alarm.rule WHERE name = 'w above');
SELECT is(pg_temp.deviating(), 1, 'parameter is compared');
UPDATE alarm.signal SET on_delay = '1 h', chatter_count = 99 WHERE rule_id = (SELECT id FROM alarm.rule WHERE name = 'w above');
SELECT is(pg_temp.deviating(), 1, 'delays and chatter are compared');

-- the sweep counts what it mends, and a new compiler is no fault
SELECT alarm.sweep_assignments();
UPDATE alarm.signal SET high = 1 WHERE rule_id = (SELECT id FROM alarm.rule WHERE name = 'w above');
SELECT is(alarm.sweep_assignments(), 1, 'the sweep mends');
SELECT is((SELECT mended FROM alarm.sweep), 1::bigint, 'and counts it');
UPDATE alarm.sweep SET compiler = 'an older one';
UPDATE alarm.signal SET high = 1 WHERE rule_id = (SELECT id FROM alarm.rule WHERE name = 'w above');
SELECT ops.after_migrate();
SELECT is(pg_temp.limit_of('t', 'w above'), 80::float8, 'thin migrate compiles anew what another compiler made');
SELECT is((SELECT mended FROM alarm.sweep), 1::bigint, 'which is nothing mended');

-- a random life of sources: never anything to mend
CREATE FUNCTION pg_temp.live_on(steps integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_found integer := 0;
    v_step integer;
    n integer;
BEGIN
    FOR v_step IN 1 .. steps LOOP
        n := 1 + floor(random() * 6);
        CASE floor(random() * 14)
        WHEN 0 THEN INSERT INTO plant.equipment (id, name, type) VALUES ('rnd-' || n, 'r', 'pump') ON CONFLICT DO NOTHING;
        WHEN 1 THEN INSERT INTO plant.sensor (equipment_id, name, type, unit) SELECT id, 's' || n, 'vibration', 'mm/s' FROM plant.equipment WHERE id LIKE 'rnd-%' ON CONFLICT DO NOTHING;
        WHEN 2 THEN INSERT INTO alarm.rule (name, condition, high, select_sensor_type) VALUES ('rnd ' || v_step, 'above', random() * 100, '{vibration}');
        WHEN 3 THEN DELETE FROM alarm.rule WHERE name = (SELECT name FROM alarm.rule WHERE name LIKE 'rnd %' ORDER BY random() LIMIT 1);
        WHEN 4 THEN UPDATE alarm.rule SET high = CASE WHEN condition = 'above' THEN random() * 100 ELSE high END, enabled = random() < 0.8 WHERE name LIKE 'rnd %' AND random() < 0.5;
        WHEN 5 THEN UPDATE plant.sensor SET unit = (ARRAY['mm/s', 'm/s2'])[1 + n % 2], status = (ARRAY['active', 'retired', 'faulty'])[1 + n % 3] WHERE equipment_id LIKE 'rnd-%' AND random() < 0.5;
        WHEN 6 THEN UPDATE plant.equipment SET tags = ARRAY['a' || n], status = (ARRAY['active', 'inactive'])[1 + n % 2] WHERE id LIKE 'rnd-%' AND random() < 0.5;
        WHEN 7 THEN UPDATE alarm.vibration_zone SET boundary_bc = boundary_ab + (boundary_cd - boundary_ab) * (0.1 + 0.8 * random()) WHERE random() < 0.5;
        WHEN 8 THEN INSERT INTO alarm.rule (name, condition, select_sensor_type, family) VALUES ('rnd ' || v_step, 'iso_zone', '{vibration}', 'fam' || n % 2);
        WHEN 9 THEN UPDATE plant.equipment SET specifications = jsonb_build_object('vibration_class', (ARRAY['I', 'II', 'III', 'nonsense'])[1 + n % 4], 'rated_power_kw', n * 10) WHERE random() < 0.5;
        WHEN 10 THEN UPDATE alarm.rule SET family = (ARRAY['fam0', 'fam1', NULL])[1 + n % 3], select_equipment = CASE n WHEN 1 THEN ARRAY['rnd-1'] END WHERE name LIKE 'rnd %' AND random() < 0.3 AND n < 3;
        WHEN 11 THEN INSERT INTO alarm.baseline (sensor_id, state, hour_of_week, centre, spread, lowest, highest, samples, learned_from, learned_to)
            SELECT id, '*', -1, random() * 50, 1 + random(), 0, 100, 500, '2026-01-01', '2026-01-02' FROM plant.sensor WHERE equipment_id LIKE 'rnd-%' AND random() < 0.5
            ON CONFLICT (sensor_id, state, hour_of_week) DO UPDATE SET centre = excluded.centre;
        WHEN 12 THEN DELETE FROM alarm.baseline WHERE random() < 0.3;
        WHEN 13 THEN INSERT INTO alarm.rule (name, condition, high, select_sensor_type, parameters) VALUES ('rnd ' || v_step, 'two_signal', 3, '{vibration}', jsonb_build_object('other', 's' || n, 'operation', 'difference'));
        END CASE;
        v_found := v_found + pg_temp.deviating();
    END LOOP;
    RETURN v_found;
END $$;
SELECT is(pg_temp.live_on(300), 0, '300 random changes of every source: the triggers left nothing to mend');
SELECT cmp_ok((SELECT count(*) FROM alarm.signal WHERE assigned), '>', 10::bigint, 'and there was something to get wrong');

-- what already stands
DELETE FROM alarm.rule WHERE name NOT LIKE 'w %';
CREATE FUNCTION pg_temp.say(sensor text, at timestamptz, value float8) RETURNS void LANGUAGE sql AS $$
    SELECT ingest.store(ARRAY[s.id], ARRAY[at], ARRAY[value], ARRAY[0::smallint], ARRAY[false], at)
    FROM plant.sensor AS s WHERE s.equipment_id = 'watch-1' AND s.name = say.sensor $$;
CREATE FUNCTION pg_temp.standing(code text) RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FROM alarm.alarm AS a WHERE a.code = standing.code AND a.active $$;
DELETE FROM alarm.rule WHERE name IN ('w base', 'w two');
SELECT pg_temp.say('t', clock_timestamp() - interval '1 minute', 95);
SELECT is(pg_temp.standing('w above'), 1::bigint, 'a value beyond the limit raises');
INSERT INTO alarm.rule (name, condition, high, select_equipment, select_sensor) VALUES ('w late', 'above', 90, '{watch-1}', '{t}');
SELECT alarm.tick();
SELECT is(pg_temp.standing('w late'), 1::bigint, 'a rule that is made afterwards raises without a new sample');
SELECT is((SELECT l.time FROM telemetry.latest AS l JOIN plant.sensor AS s ON s.id = l.sensor_id WHERE s.equipment_id = 'watch-1' AND s.name = 't'),
          (SELECT raised_at FROM alarm.alarm WHERE code = 'w late'), 'at the time of the value that stands');
SELECT is((SELECT count(*) FROM alarm.backtest((SELECT id FROM alarm.rule WHERE name = 'w late'), clock_timestamp() - interval '1 hour', clock_timestamp())), 1::bigint, 'as its backtest says');
UPDATE alarm.rule SET high = 99 WHERE name = 'w late';
SELECT alarm.tick();
SELECT is(pg_temp.standing('w late'), 0::bigint, 'a limit that is raised clears');
SELECT cmp_ok((SELECT cleared_at FROM alarm.alarm WHERE code = 'w late'), '>=', (SELECT raised_at FROM alarm.alarm WHERE code = 'w late'), 'not before it was raised');
UPDATE alarm.rule SET high = 91 WHERE name = 'w late';
SELECT alarm.tick();
SELECT is(pg_temp.standing('w late'), 1::bigint, 'and one that is tightened raises again');
UPDATE alarm.rule SET enabled = false WHERE name = 'w late';
SELECT alarm.tick();
SELECT is(pg_temp.standing('w late'), 0::bigint, 'a rule that is disabled clears');
UPDATE alarm.rule SET enabled = true, on_delay = '30 s' WHERE name = 'w late';
SELECT alarm.tick();
SELECT is(pg_temp.standing('w late'), 1::bigint, 'an on-delay counts from the value that stands: it is over');
UPDATE alarm.rule SET on_delay = '10 min', high = 92 WHERE name = 'w above';
SELECT alarm.tick();
SELECT is(pg_temp.standing('w above'), 1::bigint, 'an alarm that stands does not begin anew because its delay changed');
INSERT INTO alarm.rule (name, condition, high, on_delay, select_equipment, select_sensor) VALUES ('w slow', 'above', 90, '10 min', '{watch-1}', '{t}');
SELECT alarm.tick();
SELECT is(pg_temp.standing('w slow'), 0::bigint, 'a delay that is not over is waited for');
SELECT alarm.tick(clock_timestamp() + interval '11 min');
SELECT is(pg_temp.standing('w slow'), 1::bigint, 'and then over');
SELECT is((SELECT count(*) FROM alarm.state WHERE sensor_id IN (SELECT id FROM plant.sensor WHERE equipment_id = 'watch-1' AND name = 'v')), 0::bigint, 'a calm sensor gets no state by it');
SELECT is((SELECT count(*) FROM alarm.signal WHERE fresh), 0::bigint, 'all have been looked at');
-- a step cannot be given twice, a bad value judges nothing
INSERT INTO alarm.rule (name, condition, high, select_equipment, select_sensor, parameters) VALUES ('w rate', 'rate_of_change', 1, '{watch-1}', '{t}', '{"step": 1}');
SELECT lives_ok('SELECT alarm.tick()', 'a rule on a rate waits for its next sample');
SELECT is(pg_temp.standing('w rate'), 0::bigint, 'and raises nothing');
SELECT * FROM finish();
ROLLBACK;
