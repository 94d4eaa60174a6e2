BEGIN;
SELECT plan(54);

CREATE FUNCTION pg_temp.take(topic text, payload text, OUT stored integer, OUT quarantined integer, OUT duplicates integer)
    LANGUAGE sql AS $$
    SELECT a.stored, a.quarantined, a.duplicates
    FROM ingest.accept(ARRAY[topic], ARRAY[payload], ARRAY[NULL::bytea], ARRAY[clock_timestamp()]) AS a
$$;
CREATE FUNCTION pg_temp.reason() RETURNS text LANGUAGE sql AS $$
    SELECT reason FROM ingest.quarantine ORDER BY id DESC LIMIT 1
$$;

-- times
SELECT is(ingest.parse_time('2026-11-23T05:00:00Z'), '2026-11-23 05:00:00+00'::timestamptz, 'ISO 8601');
SELECT is(ingest.parse_time('2026-11-23T14:00:00.5+09:00'), '2026-11-23 05:00:00.5+00'::timestamptz, 'ISO 8601 with offset');
SELECT is(ingest.parse_time('1795410000'), '2026-11-23 05:00:00+00'::timestamptz, 'epoch seconds');
SELECT is(ingest.parse_time('1795410000.25'), '2026-11-23 05:00:00.25+00'::timestamptz, 'epoch seconds with a fraction');
SELECT is(ingest.parse_time('1795410000123'), '2026-11-23 05:00:00.123+00'::timestamptz, 'epoch milliseconds');
SELECT is(ingest.parse_time(word), NULL, word || ' is no time')
FROM unnest(ARRAY['now', 'infinity', 'epoch', 'tomorrow', '12', '1e300', 'NaN', '2026-13-45T00:00:00Z', '{}', '']) AS word;

-- qualities
SELECT is(ingest.parse_quality(q), expected::smallint, coalesce(q, 'absent') || ' means ' || expected)
FROM (VALUES (NULL, 0), ('good', 0), ('Uncertain', 1), ('bad', 2), ('2147483648', 2), ('1073741824', 1), ('weird', 1)) AS t (q, expected);

-- once, and again
SELECT is(pg_temp.take('unity/sensors/m1/data', '{"timestamp":"2026-01-01T00:00:00Z","x":1,"y":2,"z":3}')::text, '(3,0,0)', 'three phases are three points');
SELECT is(pg_temp.take('unity/sensors/m1/data', '{"timestamp":"2026-01-01T00:00:00Z","x":1,"y":2,"z":3}')::text, '(0,0,3)', 'a redelivery changes nothing');
SELECT is(ingest.backfill(), 3::bigint, 'the lane for history moves them');
SELECT is((SELECT count(*) FROM telemetry.reading), 3::bigint, 'and stores nothing twice');
SELECT is((SELECT bool_and(is_historical) FROM telemetry.reading), true, 'what is old on arrival is historical');
SELECT is((SELECT count(*) FROM telemetry.latest WHERE time > '-infinity'), 0::bigint, 'and does not become the latest value');

-- the same key twice in one batch
SELECT is((SELECT a.stored || ' ' || a.duplicates FROM ingest.accept(
    ARRAY['factory/m1/t', 'factory/m1/t'], ARRAY['{"time":"2026-01-01T00:00:01Z","value":1}', '{"time":"2026-01-01T00:00:01Z","value":1}'],
    NULL, array_fill(clock_timestamp(), ARRAY[2])) AS a), '1 1', 'one point twice in a batch is stored once');

-- latest values move forward only
SELECT pg_temp.take('factory/m1/level', format('{"time":"%s","value":5}', clock_timestamp()));
SELECT pg_temp.take('factory/m1/level', format('{"time":"%s","value":4}', clock_timestamp() - INTERVAL '10 seconds'));
SELECT is((SELECT l.value FROM telemetry.latest AS l JOIN plant.sensor AS s ON s.id = l.sensor_id WHERE s.name = 'level'),
    5::float8, 'an older point does not replace the latest');
SELECT pg_temp.take('factory/m1/level', format('{"time":"%s","value":6}', clock_timestamp()));
SELECT is((SELECT l.value FROM telemetry.latest AS l JOIN plant.sensor AS s ON s.id = l.sensor_id WHERE s.name = 'level'),
    6::float8, 'a newer one does');

-- one bad member does not cost the others
SELECT is(pg_temp.take('unity/sensors/m1/data', '{"x":1,"y":"abc","z":null}')::text, '(1,1,0)', 'the good axis is stored, the message quarantined');
SELECT is((SELECT reason || ': ' || detail FROM ingest.quarantine ORDER BY id DESC LIMIT 1), 'missing_value: y, z', 'with every bad member named');

-- refusals
SELECT pg_temp.take('nobody/knows/this/topic', '1');
SELECT is(pg_temp.reason(), 'no_decoder', 'a topic that no decoder takes');
SELECT ingest.accept(ARRAY['factory/m1/t'], ARRAY[NULL::text], ARRAY['\xff'::bytea], ARRAY[clock_timestamp()]);
SELECT is(pg_temp.reason(), 'not_utf8', 'bytes that are no text');
SELECT pg_temp.take('factory/m1/t', '{"time":"2999-01-01T00:00:00Z","value":1}');
SELECT is(pg_temp.reason(), 'future_timestamp', 'the far future');

-- a flood of the same mistake is kept in part and counted whole
SELECT ingest.accept(array_fill('factory/m1/t'::text, ARRAY[250]), array_fill('oops'::text, ARRAY[250]), NULL, array_fill(clock_timestamp(), ARRAY[250]));
SELECT is((SELECT count(*) || ' ' || sum(repeated) FROM ingest.quarantine WHERE reason = 'malformed_json'), '101 250',
    'a hundred are kept, one row stands for the rest');

-- an escape that is no character is JSON and fails when it is read: that message alone is refused, not its batch
SELECT is(pg_temp.take(t.topic, t.payload)::text || ' ' || pg_temp.reason(), '(0,1,0) malformed_json', t.topic || ' ' || t.payload)
FROM (VALUES ('factory/m1/t', '{"value\u0000": 1}'), ('factory/m1/t', '{"value": 1, "unit": "\ud800"}'), ('factory/m1/t', '[{"value": "\udc00"}]'),
    ('factory/m1/t', '"\u0000"'), ('factory/m1', '{"values": {"\ud83d": 1}}'), ('factory/m1', '{"values": {"a": "\u0000"}}'),
    ('unity/sensors/m1/data', '{"x": 1, "y": 2, "z": "\ud800\ud800"}'), ('unity/sensors/m1/data', '{"\u0000": 1}'),
    ('unity/sensors/m1/vibration', '{"vibe": 1, "\udfff": 2}')) AS t (topic, payload);
SELECT is(pg_temp.take('factory/m1/escaped', '{"value": 1, "unit": "\u00b0C", "note": "\\u0000 \ud83d\ude00"}')::text, '(1,0,0)', 'an escape that is a character is none of them');

-- unknown equipment may be refused instead
UPDATE ops.setting SET value = '"quarantine"' WHERE name = 'ingest.unknown_equipment';
SELECT pg_temp.take('factory/stranger/t', '1');
SELECT is(pg_temp.reason(), 'unknown_sensor', 'strangers are quarantined where the setting says so');
SELECT is((SELECT count(*) FROM plant.equipment WHERE id = 'stranger'), 0::bigint, 'and not registered');
UPDATE ops.setting SET value = '"register"' WHERE name = 'ingest.unknown_equipment';
SELECT is((SELECT r.stored || ' ' || r.quarantined FROM ingest.replay('factory/stranger/%') AS r), '1 0', 'and replayed once they are welcome');

-- HTTP's way in
SELECT is((SELECT s.stored || ' ' || s.rejected::text FROM ingest.store_points(
    ARRAY['m2', 'm2', 'm2'], ARRAY['a', 'b', 'c'], ARRAY['t', 't', 't'], ARRAY[NULL, NULL, NULL]::text[],
    ARRAY[NULL, '2999-01-01', NULL]::timestamptz[], ARRAY[1, 2, 'NaN']::float8[]) AS s),
    '1 [{"code": "future_timestamp", "index": 1}, {"code": "non_finite", "index": 2}]', 'store_points names what it refused');

-- what its own sender calls bad is shown but judges nothing
INSERT INTO alarm.rule (name, condition, high, select_sensor) VALUES ('tap', 'above', 10, '{v}');
SELECT is((SELECT a.alarm_transitions FROM ingest.accept(ARRAY['factory/m3/v'], ARRAY['{"value":99,"quality":"bad"}'], NULL, ARRAY[clock_timestamp()]) AS a),
    0, 'a value of bad quality raises no alarm');
SELECT is((SELECT a.alarm_transitions FROM ingest.accept(ARRAY['factory/m3/v'], ARRAY['{"value":99}'], NULL, ARRAY[clock_timestamp()]) AS a),
    1, 'a good one does');
SELECT is((SELECT a.alarm_transitions FROM ingest.accept(ARRAY['factory/m4/v'], ARRAY['{"value":99,"is_historical":true}'], NULL, ARRAY[clock_timestamp()]) AS a),
    0, 'one that is marked historical does not');

SELECT * FROM finish();
ROLLBACK;
