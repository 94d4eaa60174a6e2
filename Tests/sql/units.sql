-- A value is in its sensor's unit, whatever unit and spelling it came in; what cannot be is in the quarantine and says why.
BEGIN;
SELECT no_plan();
CREATE FUNCTION pg_temp.take(topic text, payload text, OUT stored integer, OUT quarantined integer, OUT duplicates integer)
    LANGUAGE sql AS $$
    SELECT a.stored, a.quarantined, a.duplicates
    FROM ingest.accept(ARRAY[topic], ARRAY[payload], ARRAY[NULL::bytea], ARRAY[clock_timestamp()]) AS a
$$;
CREATE FUNCTION pg_temp.reason() RETURNS text LANGUAGE sql AS $$ SELECT reason || ': ' || detail FROM ingest.quarantine ORDER BY id DESC LIMIT 1 $$;
CREATE FUNCTION pg_temp.last(sensor text, equipment text DEFAULT 'u-1') RETURNS float8 LANGUAGE sql AS $$
    SELECT l.value FROM telemetry.latest AS l JOIN plant.sensor AS s ON s.id = l.sensor_id WHERE s.name = last.sensor AND s.equipment_id = last.equipment
$$;
CREATE FUNCTION pg_temp.near(a float8, b float8) RETURNS boolean LANGUAGE sql AS $$ SELECT abs(a - b) <= 1e-12 * greatest(abs(a), abs(b)) $$;
-- what a call answers, or what it is refused with
CREATE FUNCTION pg_temp.post(body jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN api.store_sensor_data(body)::text;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
CREATE FUNCTION pg_temp.refused(body jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_detail text;
BEGIN
    RETURN api.store_sensor_data(body)::text;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_detail = PG_EXCEPTION_DETAIL;
    RETURN v_detail::jsonb -> 0 ->> 'field' || ' ' || (v_detail::jsonb -> 0 ->> 'message');
END $$;

-- numbers
SELECT is(plant.convert(value, given, wanted), expected::float8, format('%s %s is %s %s', value, given, expected, wanted))
FROM (VALUES
    (68, '°F', '°C', 20), (32, 'degF', 'Cel', 0), (-40, 'F', 'C', -40), (20, 'C', '[degF]', 68), (0, '℃', 'K', 273.15), (491.67, '°R', '℉', 32),
    (5, 'mm/s', 'm/s', 0.005), (0.005, 'm·s⁻¹', 'mm·s⁻¹', 5), (36, 'km/h', 'm/s', 10), (1, 'in/s', 'mm/s', 25.4), (1, 'ips', 'mm/s', 25.4), (60, 'm/min', 'm/s', 1),
    (1, 'g', 'm/s²', 9.80665), (9.80665, 'm/s^2', 'g', 1), (1000, 'mg', 'g', 1), (1, 'mil', 'µm', 25.4), (1, 'inch', 'mm', 25.4), (1000, 'μm', 'mm', 1),
    (1, 'bar', 'kPa', 100), (100, 'kPa', 'bar', 1), (1, 'MPa', 'bar', 10), (1, 'mPa', 'Pa', 0.001), (1000, 'mbar', 'bar', 1), (1, 'hPa', 'mbar', 1),
    (1500, 'mA', 'A', 1.5), (1, 'MA', 'A', 1e6), (1, 'kV', 'V', 1000), (2, 'kW', 'W', 2000), (1, 'kWh', 'J', 3.6e6), (1, 'MW', 'mW', 1e9),
    (1, 'kHz', 'Hz', 1000), (60, 'cpm', 'Hz', 1), (1500, 'rpm', '1/min', 1500), (25, '1/s', 'rpm', 1500), (25, '1/s', 'Hz', 25), (6, '°/s', 'rpm', 1),
    (50, '%', '1', 0.5), (1, '‰', '%', 0.1), (1, 't', 'kg', 1000), (1, 'Nm', 'mNm', 1000), (1, 'h', 's', 3600), (60, 'm³/h', 'l/min', 1000)
) AS t (value, given, wanted, expected);
SELECT ok(pg_temp.near(plant.convert(1, 'psi', 'kPa'), 6.894757293168361), '1 psi in kPa');
SELECT ok(pg_temp.near(plant.convert(180, '°', 'rad'), pi()), '180° in rad');
SELECT ok(pg_temp.near(plant.convert(60, 'rpm', 'rad/s'), 2 * pi()), '60 rpm in rad/s');

-- spellings
SELECT ok(plant.same_unit(a, b), format('%s and %s are one unit', a, b))
FROM (VALUES ('C', 'Cel'), ('degC', '°C'), ('℃', 'ºC'), ('˚C', '° C'), ('CEL', 'cel'), ('deg C', 'Celsius'), ('f', '[degF]'), ('DEGF', '°f'), ('K', 'k'),
    ('mm/s', 'mm·s⁻¹'), ('mm/s', 'mm.s-1'), ('mm/s', 'MM/S'), ('mm / s', 'mm/sec'), ('㎜/s', 'mm⋅s−1'), ('mm/s RMS', 'mm/s'), ('m/s²', 'm/s^2'), ('m/s2', 'm/s/s'), ('m/s**2', 'm/s..2'),
    ('KPA', 'kPa'), ('㎪', 'kPa'), ('BAR', 'bar'), ('PSI', 'lbf/in²'), ('a', 'Amps'), ('㎃', 'mA'), ('RPM', '1/min'), ('r/min', 'min⁻¹'), ('hz', 'Hz'), ('KHZ', 'kHz'),
    ('％', 'percent'), ('µm', 'μm'), ('um', 'micron'), ('Ω', 'Ohm'), ('Ω', 'OHM'), ('KW', 'kW'), ('widgets', 'widgets'), ('wid gets', 'widgets'), (E'\u00a0mm/s\u2009', 'mm/s')) AS t (a, b)
WHERE a <> 'm/s**2';
SELECT is(plant.convert(1, a, b), NULL, format('%s is no %s', left(a, 20), b))
FROM (VALUES ('psi', 'Cel'), ('Cel', 'mm/s'), ('mm/s', 'm/s2'), ('mm', 'mm/s'), ('A', 'V'), ('W', 'VA'), ('Hz', 'rpm'), ('rpm', 'Hz'), ('g', 'mm/s'), ('widgets', 'Cel'), ('Cel', 'widgets'),
    -- case says which, and it says neither
    ('ma', 'A'), ('mpa', 'Pa'), ('mhz', 'Hz'), ('MPA', 'Pa'), ('mw', 'W'), ('Mw', 'W'), ('mwh', 'J'), ('MS', 's'),
    -- gauge and absolute pressure are not the same number
    ('psig', 'bar'), ('barg', 'bar'), ('', 'Cel'), (' ', 'Cel'), ('Cel', ''), (NULL, 'Cel'), ('Cel', NULL), ('Mm/s', 'Cel'), ('Mm/min', 'm/s'), ('Mmhg', 'Pa'), ('ML/min', 'l/min'), (repeat('m', 100000), 'm')) AS t (a, b);
SELECT is(plant.convert(1, 'Mm/s', 'mm/s'), 1e9::float8, 'a megametre is no millimetre');
SELECT is(plant.convert(1, 'Mpa', 'kPa'), 1000::float8, 'but Mpa is what people write for MPa');

-- properties, over all units that there are
SELECT is_empty($$SELECT a.code, b.code, v FROM plant.unit AS a JOIN plant.unit AS b ON b.quantity = a.quantity, unnest('{123.456,-7}'::float8[]) AS v
    WHERE abs(plant.convert(plant.convert(v, a.code, b.code), b.code, a.code) - v) IS DISTINCT FROM 0
      AND abs(plant.convert(plant.convert(v, a.code, b.code), b.code, a.code) - v) > 1e-9 * greatest(1, abs(v)) + 1e-9$$, 'there and back is where it was, for every pair of units');
CREATE TEMP TABLE plain AS SELECT u.* FROM plant.unit AS u WHERE NOT EXISTS (
    -- g is gram and gravity
    SELECT FROM plant.unit_spelling AS s JOIN plant.unit AS o ON o.code = s.code WHERE s.key = plant.unit_key(u.code) AND o.quantity <> u.quantity);
SELECT is_empty($$SELECT a.code, b.code FROM plain AS a JOIN plain AS b ON b.quantity <> a.quantity WHERE plant.convert(1, a.code, b.code) IS NOT NULL$$,
    'nothing becomes another quantity');
SELECT cmp_ok((SELECT count(*) FROM plain), '>', 150::bigint, 'of many units');
SELECT is_empty($$SELECT s.spelling, s.code FROM plant.unit_spelling AS s WHERE NOT plant.same_unit(s.spelling, s.code) AND plant.convert(1, s.spelling, s.code) IS NULL$$, 'each spelling is understood');
SELECT is_empty($$SELECT u.code, m.code FROM plant.unit AS u JOIN plant.unit AS m ON m.code IN ('m' || u.code, 'M' || u.code) AND m.quantity = u.quantity
    WHERE plant.same_unit(translate(left(m.code, 1), 'mM', 'Mm') || substr(m.code, 2), m.code)$$, 'milli is never mega');
SELECT is_empty($$SELECT s.spelling FROM plant.unit_spelling AS s JOIN plant.unit AS u ON u.code = s.code GROUP BY s.spelling, u.quantity HAVING count(DISTINCT s.code) > 1$$,
    'one spelling, one unit in a quantity');
SELECT lives_ok(format($$SELECT plant.convert(%L, a.code, b.code) FROM plant.unit AS a, plant.unit AS b WHERE a.quantity = b.quantity$$, v), format('%s in all units', v))
FROM unnest('{1.7e308,-1.7e308,5e-324,1e100,1e-100,NaN,Infinity,-Infinity}'::float8[]) AS v;

-- MQTT
INSERT INTO plant.equipment (id, name) VALUES ('u-1', 'u');
INSERT INTO plant.sensor (equipment_id, name, type, unit) VALUES
    ('u-1', 't', 'temperature', '°C'), ('u-1', 'v', 'vibration', 'mm/s'), ('u-1', 'p', 'pressure', 'bar'), ('u-1', 'n', 'speed', NULL), ('u-1', 'w', 'count', 'widgets'),
    ('u-1', 'current_x', 'current', 'mA'), ('u-1', 'vibration', 'vibration', 'm/s');
SELECT is(pg_temp.take('factory/u-1/t', '{"value": 68, "unit": "°F"}')::text || ' ' || pg_temp.last('t'), '(1,0,0) 20', '68 °F is 20 °C');
SELECT is(pg_temp.take('factory/u-1/t', '{"value": 21.5, "unit": "Cel"}')::text || ' ' || pg_temp.last('t'), '(1,0,0) 21.5', 'another spelling');
SELECT is(pg_temp.take('factory/u-1/t', '{"value": 22}')::text || ' ' || pg_temp.last('t'), '(1,0,0) 22', 'no unit is the sensor''s');
SELECT is(pg_temp.take('factory/u-1/t', '{"value": 23, "unit": ""}')::text || ' ' || pg_temp.last('t'), '(1,0,0) 23', 'nor is a blank one another');
SELECT is(pg_temp.take('factory/u-1/t', '{"value": 24, "unit": null}')::text || ' ' || pg_temp.last('t'), '(1,0,0) 24', 'nor null');
SELECT is(pg_temp.take('factory/u-1/t', '{"value": 5, "unit": "psi"}')::text || ' ' || pg_temp.reason(), '(0,1,0) unit_mismatch: value 5 psi: the sensor has °C', 'another quantity');
SELECT is(pg_temp.take('factory/u-1/t', '{"value": 5, "unit": "warm"}')::text || ' ' || pg_temp.reason(), '(0,1,0) unit_mismatch: value 5 warm: the sensor has °C', 'an unknown unit');
SELECT is(pg_temp.take('factory/u-1/t', '{"value": 5, "unit": 7}')::text || ' ' || pg_temp.reason(), '(0,1,0) unit_mismatch: value 5 7: the sensor has °C', 'no text');
SELECT is(pg_temp.take('factory/u-1/t', '{"value": 5, "unit": {"a": 1}}')::text, '(0,1,0)', 'an object');
SELECT is(pg_temp.take('factory/u-1/t', '[{"value": 50, "unit": "°F"}, {"value": 1, "unit": "bar"}, {"value": 300.15, "unit": "K"}]')::text || ' ' || pg_temp.reason(),
    '(2,1,0) unit_mismatch: value of element 2 1 bar: the sensor has °C', 'of an array the others are stored') ;
SELECT is(pg_temp.take('factory/u-1/w', '{"value": 5, "unit": "widgets"}')::text, '(1,0,0)', 'a word of the plant''s own');
SELECT is(pg_temp.take('factory/u-1/w', '{"value": 5, "unit": "gadgets"}')::text, '(0,1,0)', 'is no other');
SELECT is(pg_temp.take('factory/u-1', '{"values": {"t": 68, "v": 0.005, "p": 100, "w": 6}, "units": {"t": "degF", "v": "m/s", "p": "kPa"}}')::text, '(4,0,0)', 'a wide row with units');
SELECT is(format('%s %s %s %s', pg_temp.last('t'), pg_temp.last('v'), pg_temp.last('p'), pg_temp.last('w')), '20 5 1 6', 'each in its own');
SELECT is(pg_temp.take('factory/u-1', '{"values": {"t": 1, "v": 2}, "units": {"v": "Cel"}}')::text || ' ' || pg_temp.reason(), '(1,1,0) unit_mismatch: values.v 2 Cel: the sensor has mm/s', 'one of them is not');
SELECT is(pg_temp.take('factory/u-1', '{"values": {"t": 1}, "units": "C"}')::text || ' ' || pg_temp.reason(), '(0,1,0) bad_unit: values.t', 'units that are no object');
SELECT is(pg_temp.take('factory/u-1', '{"values": {"t": 1}, "units": [1]}')::text || ' ' || pg_temp.reason(), '(0,1,0) bad_unit: values.t', 'nor a list');
SELECT is(pg_temp.take('factory/u-1', '{"values": {"t": 1}, "units": {"t": 1e999999}}')::text || ' ' || pg_temp.reason(), '(0,1,0) bad_unit: values.t', 'nor numbers that nobody can hold');
SELECT is(pg_temp.take('factory/u-1', '{"values": {"t": 1}, "units": null}')::text, '(1,0,0)', 'null is none');
SELECT is(pg_temp.take('unity/sensors/u-1/data', '{"x": 1.5, "y": 2, "z": 3}')::text || ' ' || pg_temp.last('current_x') || ' ' || pg_temp.last('current_y'), '(3,0,0) 1500 2', 'what a topic''s row says of its unit holds for each');
SELECT is(pg_temp.take('unity/sensors/u-1/vibration', '{"vibe": 5}')::text || ' ' || pg_temp.last('vibration'), '(1,0,0) 0.005', 'and there');
UPDATE ingest.topic_decoder SET unit = NULL WHERE topic_filter = 'unity/sensors/{equipment}/vibration';
SELECT is(pg_temp.take('unity/sensors/u-1/vibration', '{"vibe": 7}')::text || ' ' || pg_temp.last('vibration'), '(1,0,0) 7', 'where it says none the value is in the sensor''s');
UPDATE ingest.topic_decoder SET unit = 'bar' WHERE topic_filter = 'factory/{equipment}/{sensor}';
SELECT is(pg_temp.take('factory/u-1/p', '{"value": 7}')::text || ' ' || pg_temp.last('p'), '(1,0,0) 7', 'a row that does');
SELECT is(pg_temp.take('factory/u-1/p', '{"value": 7, "unit": "kPa"}')::text || ' ' || pg_temp.last('p'), '(1,0,0) 0.07', 'but what the message says goes before it');
UPDATE ingest.topic_decoder SET unit = NULL WHERE topic_filter = 'factory/{equipment}/{sensor}';

-- plausibility, and marks
UPDATE plant.sensor SET plausible_min = 0, plausible_max = 100 WHERE equipment_id = 'u-1' AND name = 't';
SELECT is(pg_temp.take('factory/u-1/t', '{"value": 200, "unit": "°F"}')::text, '(1,0,0)', 'the range is of the sensor''s unit: 200 °F is within');
SELECT is(pg_temp.take('factory/u-1/t', '{"value": 20, "unit": "°F"}')::text || ' ' || pg_temp.reason(), '(0,1,0) implausible_value: value 20 °F', '20 °F is not');
INSERT INTO ingest.no_value (sensor_type, low, high, description) VALUES ('temperature', -9999, -9999, 'broken wire'), ('temperature', 3.4e38, 3.4e38, 'no sensor');
SELECT is(pg_temp.take('factory/u-1/t', format('{"value": %s, "unit": "°F"}', v))::text, '(0,0,0)', v || ' is a mark in any unit') FROM unnest('{-9999,3.4e38}'::text[]) AS v;
SELECT is((SELECT messages FROM ingest.no_value_seen AS n JOIN plant.sensor AS s ON s.id = n.sensor_id WHERE s.name = 't'), 2::bigint, 'and counted');

-- the first unit
SELECT pg_temp.take('factory/u-1/n', '{"value": 100}');
SELECT is((SELECT unit FROM plant.sensor WHERE equipment_id = 'u-1' AND name = 'n'), NULL, 'who names none sets none');
SELECT pg_temp.take('factory/u-1/n', '[{"value": 1500, "unit": "rpm"}, {"value": 25, "unit": "1/s"}]');
SELECT is((SELECT unit FROM plant.sensor WHERE equipment_id = 'u-1' AND name = 'n') || ' ' || pg_temp.last('n'), 'rpm 1500', 'the first that is named is taken, the others are converted');
SELECT is(pg_temp.take('factory/u-2/a', '[{"value": 1}, {"value": 68, "unit": "°F"}, {"value": 20, "unit": "°C"}]')::text, '(2,0,1)', 'and so it is when a sensor is first heard');
SELECT is((SELECT unit FROM plant.sensor WHERE equipment_id = 'u-2') || ' ' || (SELECT string_agg(round(r.value::numeric, 6)::text, ' ' ORDER BY r.time) FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id
    WHERE s.equipment_id = 'u-2'), '°F 1.000000 68.000000', 'in the order of arrival; 20 °C is 68 °F');
SELECT is(pg_temp.take('factory/u-2/long', format('{"value": 1, "unit": "%s"}', repeat('u', 33)))::text || ' ' || pg_temp.reason(), '(0,1,0) bad_unit: value', 'a unit of 33 characters');
UPDATE ops.setting SET value = '"quarantine"' WHERE name = 'ingest.unknown_equipment';
INSERT INTO plant.sensor (equipment_id, name) VALUES ('u-2', 'later');
SELECT is(pg_temp.take('factory/u-2/later', '{"value": 1, "unit": "V"}')::text, '(1,0,0)', 'strangers are unwelcome, a unit is not');
SELECT is((SELECT unit FROM plant.sensor WHERE name = 'later'), 'V', 'it is taken');
UPDATE ops.setting SET value = '"register"' WHERE name = 'ingest.unknown_equipment';

-- HTTP
SELECT is(pg_temp.post('{"device_id": "u-1", "sensor_type": "temperature", "sensor": "t", "value": 68, "unit": "degF"}')::jsonb ->> 'stored' || ' ' || pg_temp.last('t'), '1 20', 'HTTP converts');
SELECT is(pg_temp.refused('{"device_id": "u-1", "sensor_type": "temperature", "sensor": "t", "value": 68, "unit": "psi"}'), '[0].unit unit_mismatch', 'and refuses');
SELECT is(pg_temp.refused('[{"device_id": "u-1", "sensor_type": "temperature", "sensor": "t", "value": 68}, {"device_id": "u-1", "sensor_type": "t", "sensor": "v", "value": 68, "unit": "kV"}]'), '[1].unit unit_mismatch', 'and says which');
SELECT is(pg_temp.post('[{"device_id": "u-3", "sensor_type": "p", "value": 1, "unit": "bar", "time": "2026-01-01T00:00:00Z"}, {"device_id": "u-3", "sensor_type": "p", "value": 50, "unit": "kPa", "time": "2026-01-01T00:00:01Z"}]')::jsonb ->> 'stored', '2', 'the first unit');
SELECT results_eq($$SELECT b.value FROM ingest.backlog AS b JOIN plant.sensor AS s ON s.id = b.sensor_id WHERE s.equipment_id = 'u-3' AND s.unit = 'bar' ORDER BY b.time$$, $$VALUES (1::float8), (0.5)$$, 'over HTTP too');

-- a sensor that has values keeps its unit
SELECT lives_ok($$UPDATE plant.sensor SET unit = 'degC' WHERE equipment_id = 'u-1' AND name = 't'$$, 'it can be spelled anew');
SELECT throws_ok($$UPDATE plant.sensor SET unit = 'degF' WHERE equipment_id = 'u-1' AND name = 't'$$, 'MW409', 'sensor t of u-1 has values in degC', 'not changed');
SELECT throws_ok($$UPDATE plant.sensor SET unit = NULL WHERE equipment_id = 'u-1' AND name = 't'$$, 'MW409', NULL, 'not taken away either');
SELECT throws_ok($$UPDATE plant.sensor SET unit = ' ' WHERE equipment_id = 'u-1' AND name = 't'$$, 'MW409', NULL, 'nor by a blank');
SELECT throws_ok($$UPDATE plant.sensor SET unit = 'kPa' WHERE equipment_id = 'u-3'$$, 'MW409', NULL, 'values that wait in the backlog count');
SELECT throws_ok($$SELECT api.update_sensor((SELECT id FROM plant.sensor WHERE equipment_id = 'u-1' AND name = 't'), '{"unit": "K"}')$$, 'MW409', NULL, 'nor over HTTP');
SELECT is(api.update_sensor((SELECT id FROM plant.sensor WHERE equipment_id = 'u-1' AND name = 't'), '{"unit": "K", "relabel": true}') ->> 'unit', 'K', 'unless the unit was wrong');
SELECT is((SELECT count(*) FROM auth.audit_entry WHERE action = 'sensor.relabel'), 1::bigint, 'which the audit log says');
SELECT is(pg_temp.last('t'), 20::float8, 'and no value moves');
INSERT INTO plant.sensor (equipment_id, name, unit) VALUES ('u-2', 'fresh', 'A'), ('u-2', 'blank', '  ');
SELECT lives_ok($$UPDATE plant.sensor SET unit = 'V' WHERE name = 'fresh'$$, 'one without values can be anything');
SELECT is((SELECT unit FROM plant.sensor WHERE name = 'blank'), NULL, 'a blank unit is none');

-- files
INSERT INTO plant.equipment (id, name) VALUES ('u-4', 'u');
INSERT INTO plant.sensor (equipment_id, name, type, unit) VALUES ('u-4', 't', 'temperature', '°C'), ('u-4', 'p', 'pressure', 'bar'), ('u-4', 'n', 'x', NULL);
SELECT is(ingest.import_units(ingest.import_sensors('{u-4,u-4,u-4,u-4}', '{t,p,n,new}', '{degF,mm,V,A}'), '{degF,mm,V,A}'), '{degF,mm,NULL,NULL}', 'the units that are not the sensors''');
SELECT results_eq($$SELECT name, unit FROM plant.sensor WHERE equipment_id = 'u-4' AND name IN ('n', 'new') ORDER BY name$$, $$VALUES ('n', 'V'), ('new', 'A')$$, 'a sensor without one takes the file''s');
SELECT (ingest.begin_import(repeat('c', 64), '{}', 'x.csv', 10, 10)).id AS import \gset
INSERT INTO pg_temp.import_staging (n, line, sensor_id, "time", value, quality, unit)
SELECT v.n, v.n + 1, s.id, timestamptz '2026-02-01Z' + v.n * INTERVAL '1 minute', v.value, 0, v.unit
FROM (VALUES (1, 't', 68::float8, 'degF'), (2, 't', 21, NULL), (3, 'p', 1, 'mm'), (4, 't', -9999, 'degF'), (5, 't', 300.15, 'K'), (6, 'p', 100, 'kPa'), (7, 't', 1e300, 'degF')) AS v (n, name, value, unit)
JOIN plant.sensor AS s ON s.equipment_id = 'u-4' AND s.name = v.name;
SELECT results_eq(format('SELECT line, reason, detail FROM ingest.import_block(%s, 0, 10, 10)', :import),
    $$VALUES (4::bigint, 'unit_mismatch', 'u-4 p 2026-02-01 00:03:00+00 1 mm'), (5, 'no_value', 'u-4 t 2026-02-01 00:04:00+00 -9999 degF'), (8, 'implausible_value', 'u-4 t 2026-02-01 00:07:00+00 1e+300 degF')$$, 'refusals by line');
SELECT results_eq($$SELECT s.name, r.value FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id WHERE s.equipment_id = 'u-4' ORDER BY r.time$$,
    $$VALUES ('t', 20::float8), ('t', 21), ('t', 27), ('p', 1)$$, 'each in its sensor''s unit');

-- vibration zones know units, too
UPDATE plant.equipment SET specifications = '{"vibration_class": "III"}' WHERE id = 'u-2';
INSERT INTO plant.sensor (equipment_id, name, type, unit) VALUES ('u-2', 'v1', 'vibration', 'mm·s⁻¹'), ('u-2', 'v2', 'vibration', 'm/s'), ('u-2', 'v3', 'vibration', 'g'), ('u-2', 'v4', 'vibration', 'schwing'), ('u-2', 'v5', 'vibration', NULL);
INSERT INTO alarm.rule (name, condition, severity, select_equipment, select_sensor_type) VALUES ('zone', 'iso_zone', 'high', '{u-2}', '{vibration}');
CREATE FUNCTION pg_temp.zones() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(s.name || ' ' || g.high_high, ', ' ORDER BY s.name) FROM alarm.signal AS g JOIN alarm.rule AS r ON r.id = g.rule_id JOIN plant.sensor AS s ON s.id = g.sensor_id WHERE r.name = 'zone' AND g.assigned $$;
SELECT is(pg_temp.zones(), 'v1 11.2, v2 0.0112', 'limits are in the sensor''s unit');
INSERT INTO plant.unit_spelling (spelling, code) VALUES ('schwing', 'mm/s');
SELECT is(pg_temp.zones(), 'v1 11.2, v2 0.0112, v4 11.2', 'a spelling that is learned brings its zones');
SELECT pg_temp.take('factory/u-2/v5', '{"value": 1, "unit": "cm/s"}');
SELECT is(pg_temp.zones(), 'v1 11.2, v2 0.0112, v4 11.2, v5 1.12', 'as does a unit that is heard');
SELECT is((SELECT mended FROM alarm.sweep), 0::bigint, 'nothing was left to mend') FROM alarm.sweep_assignments();

-- a sender that never gets through costs no second look at each batch, and no lock
INSERT INTO plant.sensor (equipment_id, name) VALUES ('u-2', 'none');
SELECT is(pg_temp.take('factory/u-2/none', format('{"value": 1, "unit": "%s"}', u))::text, '(1,0,0)', 'a blank unit') FROM unnest('{"", " "}'::text[]) AS u;
SELECT is((SELECT unit FROM plant.sensor WHERE name = 'none'), NULL, 'is no unit to take');

-- a plant's own units
INSERT INTO plant.unit (code, quantity, symbol, multiplier) VALUES ('{bottle}', 'bottles', 'bottle', 1), ('{crate}', 'bottles', 'crate', 24);
INSERT INTO plant.unit_spelling (spelling, code) VALUES ('Kasten', '{crate}');
SELECT is(plant.convert(2, 'kasten', 'bottle'), 48::float8, 'a row, and it is understood');
SELECT throws_ok($$INSERT INTO plant.unit_spelling (spelling, code) VALUES (' ', '{crate}')$$, 'MW422', NULL, 'a blank is no spelling');
SELECT * FROM finish();
ROLLBACK;
