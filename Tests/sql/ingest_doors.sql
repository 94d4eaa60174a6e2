-- MQTT and HTTP agree on what is a value and what is a time.
BEGIN;
SELECT no_plan();
CREATE FUNCTION pg_temp.take(topic text, payload text, OUT stored integer, OUT quarantined integer)
    LANGUAGE sql AS $$
    SELECT a.stored, a.quarantined FROM ingest.accept(ARRAY[topic], ARRAY[payload], ARRAY[NULL::bytea], ARRAY[clock_timestamp()]) AS a
$$;
CREATE FUNCTION pg_temp.reason() RETURNS text LANGUAGE sql AS $$ SELECT reason || ': ' || detail FROM ingest.quarantine ORDER BY id DESC LIMIT 1 $$;
-- what a value, as it stands in JSON, becomes at a door: the number, or nothing
CREATE FUNCTION pg_temp.through(door text, sensor text, type text, value text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_before timestamptz := clock_timestamp();
    v_value float8;
BEGIN
    IF door = 'http' THEN
        BEGIN
            PERFORM api.store_sensor_data(format('{"device_id": "d-1", "sensor": "%s", "sensor_type": "%s", "value": %s, "time": %s}', sensor, type, value, extract(epoch FROM v_before))::jsonb);
        EXCEPTION WHEN SQLSTATE 'MW422' THEN
            RETURN 'none';
        END;
    ELSIF pg_temp.take(CASE door WHEN 'unity' THEN 'unity/sensors/d-1/vibration' WHEN 'wide' THEN 'factory/d-1' ELSE 'factory/d-1/' || sensor END, CASE door
            WHEN 'one' THEN format('{"value": %s, "time": %s}', value, extract(epoch FROM v_before)) WHEN 'array' THEN format('[{"value": %s, "time": %s}]', value, extract(epoch FROM v_before))
            WHEN 'bare' THEN value WHEN 'unity' THEN format('{"vibe": %s, "timestamp": %s}', value, extract(epoch FROM v_before))
            ELSE format('{"values": {"%s": %s}, "time": %s}', sensor, value, extract(epoch FROM v_before)) END) IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT l.value INTO v_value FROM telemetry.latest AS l JOIN plant.sensor AS s ON s.id = l.sensor_id
    WHERE s.equipment_id = 'd-1' AND s.name = CASE door WHEN 'unity' THEN 'vibration' ELSE through.sensor END AND l.time >= v_before;
    RETURN coalesce(v_value::text, 'none');
END $$;
INSERT INTO plant.equipment (id, name) VALUES ('d-1', 'd');
INSERT INTO plant.sensor (equipment_id, name, type) VALUES ('d-1', 'temp', 'temperature'), ('d-1', 'door', 'contact'), ('d-1', 'plain', 'unknown');
INSERT INTO plant.sensor (equipment_id, name, type) VALUES ('d-1', 'vibration', 'vibration');

SELECT is(pg_temp.through(door, 'temp', 'temperature', value), expected, format('%s through %s', value, door))
FROM (VALUES
    ('1.5', '1.5'), ('-0.25', '-0.25'), ('1e5', '100000'), ('1E-3', '0.001'), ('0', '0'), ('1e999', 'none'), ('1e-400', 'none'), ('null', 'none'),
    ('"241408E4"', 'none'), ('"0x10"', 'none'), ('"1e5"', 'none'), ('"12"', 'none'), ('"1.5"', 'none'), ('"007"', 'none'), ('"1_000"', 'none'), ('" 5 "', 'none'), ('"NaN"', 'none'), ('"Infinity"', 'none'),
    ('"true"', 'none'), ('""', 'none'), ('"١٢"', 'none'), ('"1,5"', 'none'), ('"5 V"', 'none'), ('[1]', 'none'), ('{"a": 1}', 'none'), ('true', 'none'), ('false', 'none')) AS v (value, expected),
    unnest('{http,one,array,bare,wide}'::text[]) AS door
WHERE NOT (door = 'bare' AND value IN ('[1]', '{"a": 1}'));
SELECT is(pg_temp.through(door, 'door', 'contact', value), expected, format('a binary sensor: %s through %s', value, door))
FROM (VALUES ('true', '1'), ('false', '0'), ('1', '1'), ('0', '0'), ('"true"', 'none'), ('"on"', 'none'), ('null', 'none')) AS v (value, expected), unnest('{http,one,array,bare,wide}'::text[]) AS door;
-- the field's publishers write numbers as text, in members that hold nothing else
SELECT is(pg_temp.through('unity', 'vibration', 'vibration', value), expected, format('%s of a Unity publisher', value))
FROM (VALUES ('1.5', '1.5'), ('"1.5"', '1.5'), ('"-3"', '-3'), ('"+3.0"', '3'), ('"1e-05"', '1e-05'), ('"1.500000E+01"', '15'), ('"5."', '5'), ('"241408E4"', 'none'), ('"0x10"', 'none'), ('"1e5"', 'none'),
    ('"NaN"', 'none'), ('"inf"', 'none'), ('"1_0"', 'none'), ('" 1"', 'none'), ('true', 'none'), ('null', 'none'), ('"."', 'none'), ('"1.5\n"', 'none')) AS v (value, expected);
SELECT is(pg_temp.take('unity/sensors/d-1/data', '{"x": "1.5", "y": null, "z": "2E4"}')::text || ' ' || pg_temp.reason(), '(1,1) missing_value: y, z', 'three phases');

-- any text that JSON can hold: both doors say the same, and text is never a value
CREATE FUNCTION pg_temp.some_value() RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT CASE floor(random() * 5)::integer
        WHEN 0 THEN to_json((random() * 1000 - 500)::numeric(10, 3))::text
        WHEN 1 THEN format('%s%se%s', floor(random() * 9 + 1), CASE WHEN random() < 0.5 THEN '.5' ELSE '' END, floor(random() * 700 - 350))
        WHEN 2 THEN to_json((SELECT string_agg(substr('0123456789eExX+-._ abnfNI', 1 + floor(random() * 25)::integer, 1), '') FROM generate_series(1, 1 + floor(random() * 6)::integer)))::text
        WHEN 3 THEN (ARRAY['true', 'false', 'null', '[]', '{}', '""'])[1 + floor(random() * 6)::integer]
        ELSE to_json(floor(random() * 10000)::text)::text END
$$;
SELECT setseed(0.22);
CREATE TEMP TABLE said AS SELECT n, pg_temp.some_value() AS value FROM generate_series(1, 400) AS n;
SELECT is_empty($$
    SELECT s.value, d.* FROM said AS s
    CROSS JOIN LATERAL (SELECT pg_temp.through('http', t.sensor, t.type, s.value) AS http, pg_temp.through('one', t.sensor, t.type, s.value) AS one,
                               pg_temp.through('wide', t.sensor, t.type, s.value) AS wide
                        FROM (VALUES ('temp', 'temperature'), ('door', 'contact')) AS t (sensor, type)) AS d
    WHERE d.http IS DISTINCT FROM d.one OR d.one IS DISTINCT FROM d.wide OR left(s.value, 1) = '"' AND d.one <> 'none'$$, '400 random values: the doors agree');

-- what it is called
SELECT is(pg_temp.take('factory/d-1', '{"values": {"serial": "241408E4", "temp": 21.5}}')::text || ' ' || pg_temp.reason(), '(1,1) not_a_number: values.serial', 'a serial number beside a temperature');
SELECT is((SELECT count(*) FROM plant.sensor WHERE name = 'serial'), 0::bigint, 'is no sensor');
SELECT is(pg_temp.take('factory/d-1/temp', 'true')::text || ' ' || pg_temp.reason(), '(0,1) not_binary: value', 'true for a temperature');
SELECT is(pg_temp.take('factory/d-1/plain', '{"value": true}')::text || ' ' || pg_temp.reason(), '(0,1) not_binary: value', 'nor for a sensor of no known type');
SELECT is(pg_temp.take('factory/d-1', '{"values": {"temp": false, "door": true}}')::text || ' ' || pg_temp.reason(), '(1,1) not_binary: values.temp', 'one of two');
SELECT is(pg_temp.take('factory/d-1/newswitch', 'true')::text || ' ' || (SELECT count(*) FROM ingest.quarantine WHERE topic = 'factory/d-1/newswitch'), '(1,0) 0', 'who first says true');
SELECT is((SELECT type FROM plant.sensor WHERE name = 'newswitch'), 'binary', 'is a binary sensor');
SELECT is(pg_temp.take('factory/d-1', '{"values": {"lamp": true}}')::text, '(1,0)', 'in a wide row');
SELECT is((SELECT type FROM plant.sensor WHERE name = 'lamp'), 'binary', 'too');
SELECT throws_ok($$SELECT api.store_sensor_data('{"device_id": "d-1", "sensor_type": "temperature", "sensor": "temp", "value": true}')$$, 'MW422', NULL, 'HTTP refuses it');
SELECT is(api.store_sensor_data('{"device_id": "d-1", "sensor_type": "switch", "sensor": "s9", "value": true}') ->> 'stored', '1', 'HTTP takes the type that it is told');
UPDATE plant.sensor SET type = 'valve' WHERE name = 'lamp';
DELETE FROM ingest.binary_type;
INSERT INTO ingest.binary_type VALUES ('valve');
SELECT is(pg_temp.take('factory/d-1', '{"values": {"lamp": false}}')::text, '(1,0)', 'a plant has its own types');
SELECT is(pg_temp.take('factory/d-1', '{"values": {"door": false}}')::text, '(0,1)', 'and no others');

-- times: one function for both doors
CREATE FUNCTION pg_temp.when_stored(door text, at text) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
    v_name text := 'at' || nextval('pg_temp.name');
BEGIN
    IF door = 'http' THEN
        BEGIN
            PERFORM api.store_sensor_data(format('{"device_id": "d-2", "sensor_type": "%s", "value": 1, "time": %s}', v_name, at)::jsonb);
        EXCEPTION WHEN SQLSTATE 'MW422' THEN
            RETURN NULL;
        END;
    ELSE
        PERFORM pg_temp.take(CASE door WHEN 'wide' THEN 'factory/d-2' ELSE 'factory/d-2/' || v_name END, CASE door
            WHEN 'wide' THEN format('{"values": {"%s": 1}, "time": %s}', v_name, at) ELSE format('{"value": 1, "time": %s}', at) END);
    END IF;
    RETURN (SELECT coalesce(r.time, b.time) FROM plant.sensor AS s LEFT JOIN telemetry.reading AS r ON r.sensor_id = s.id LEFT JOIN ingest.backlog AS b ON b.sensor_id = s.id
            WHERE s.equipment_id = 'd-2' AND s.name = v_name);
END $$;
CREATE SEQUENCE pg_temp.name;
SELECT is(pg_temp.when_stored(door, at), expected::timestamptz, format('%s through %s', at, door))
FROM (VALUES ('1767225600', '2026-01-01 00:00Z'), ('1767225600.25', '2026-01-01 00:00:00.25Z'), ('1767225600123', '2026-01-01 00:00:00.123Z'), ('"1767225600"', '2026-01-01 00:00Z'), ('"1767225600123"', '2026-01-01 00:00:00.123Z'),
    ('1.7672256e9', '2026-01-01 00:00Z'), ('"2026-01-01T00:00:00Z"', '2026-01-01 00:00Z'), ('"2026-01-01T09:00:00+09:00"', '2026-01-01 00:00Z'), ('"2026-01-01 00:00"', '2026-01-01 00:00Z'), ('"2026-01-01"', '2026-01-01 00:00Z'),
    ('12', NULL), ('-5', NULL), ('"now"', NULL), ('true', NULL), ('[1767225600]', NULL), ('{}', NULL), ('""', NULL), ('1e300', NULL), ('"2026-13-01T00:00:00Z"', NULL), ('99999999999999999', NULL)) AS t (at, expected),
    unnest('{http,one,wide}'::text[]) AS door;
SELECT cmp_ok(pg_temp.when_stored(door, 'null'), '>=', now(), format('null is now through %s', door)) FROM unnest('{http,one,wide}'::text[]) AS door;

-- a time without an offset has a zone: the plant's, or the decoder's
UPDATE ops.setting SET value = '"Asia/Seoul"' WHERE name = 'ingest.time_zone';
SELECT is(pg_temp.when_stored(door, at), expected::timestamptz, format('%s in Seoul through %s', at, door))
FROM (VALUES ('"2026-01-01T09:00:00"', '2026-01-01 00:00Z'), ('"2026-01-01 09:00:00.5"', '2026-01-01 00:00:00.5Z'), ('"2026-01-01"', '2025-12-31 15:00Z'), ('"2026-01-01T00:00:00Z"', '2026-01-01 00:00Z'),
    ('"2026-01-01T01:00:00+01:00"', '2026-01-01 00:00Z'), ('1767225600', '2026-01-01 00:00Z')) AS t (at, expected), unnest('{http,one,wide}'::text[]) AS door;
UPDATE ingest.topic_decoder SET time_zone = 'America/New_York' WHERE topic_filter = 'factory/{equipment}';
SELECT is(pg_temp.when_stored('wide', '"2026-01-01T00:00:00"'), '2026-01-01 05:00Z', 'a decoder of its own zone');
SELECT is(pg_temp.when_stored('wide', '"2026-07-01T00:00:00"'), '2026-07-01 04:00Z', 'with its summer time');
SELECT is(pg_temp.when_stored('one', '"2026-01-01T00:00:00"'), '2025-12-31 15:00Z', 'and the others theirs');
SELECT is((SELECT stored FROM ingest.accept(ARRAY['factory/d-3', 'factory/d-3/b', 'unity/sensors/d-3/vibration'],
    ARRAY['{"values": {"a": 1}, "time": "2026-01-01T12:00:00"}', '{"value": 1, "time": "2026-01-01T12:00:00"}', '{"vibe": 1, "timestamp": "2026-01-01T12:00:00"}'], NULL, array_fill(clock_timestamp(), ARRAY[3]))), 3, 'three in one batch');
SELECT is((SELECT string_agg(to_char(coalesce(r.time, b.time) AT TIME ZONE 'UTC', 'HH24:MI'), ' ' ORDER BY s.name) FROM
    plant.sensor AS s LEFT JOIN telemetry.reading AS r ON r.sensor_id = s.id LEFT JOIN ingest.backlog AS b ON b.sensor_id = s.id WHERE s.equipment_id = 'd-3'), '17:00 03:00 03:00', 'each in its zone');
SET LOCAL timezone = 'Asia/Tokyo';
SELECT is(current_setting('timezone') || pg_temp.when_stored('wide', '"2026-01-02T00:00:00"')::timestamptz AT TIME ZONE 'UTC' || current_setting('timezone'), 'Asia/Tokyo2026-01-02 05:00:00Asia/Tokyo', 'the session''s zone is nobody''s, and stays');
SELECT throws_ok(format($$UPDATE ingest.topic_decoder SET time_zone = %L WHERE topic_filter = 'factory/{equipment}'$$, z), 'MW422', NULL, format('%s is no zone''s name', z)) FROM unnest('{Mars/Olympus,A-1,+09:00,"",EST5EDT4}'::text[]) AS z;
SELECT throws_ok(format($$UPDATE ops.setting SET value = to_jsonb(%L::text) WHERE name = 'ingest.time_zone'$$, z), 'MW422', NULL, format('nor is %s the plant''s', z)) FROM unnest('{Mars/Olympus,A-1,+09:00,""}'::text[]) AS z;
SELECT * FROM finish();
ROLLBACK;
