-- Two different values with one time stamp (loggers with whole seconds): both are judged, neither vanishes unseen; a redelivery is silent.
BEGIN;
SELECT no_plan();
CREATE FUNCTION pg_temp.http(body jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', a ->> 'stored', a ->> 'duplicates', coalesce(a ->> 'same_time', '0'), coalesce(a ->> 'replaced', '0')) FROM api.store_sensor_data(body) AS a
$$;
CREATE FUNCTION pg_temp.point(sensor text, value float8, at timestamptz) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('device_id', 's-1', 'sensor_type', 'temperature', 'sensor', sensor, 'value', value, 'time', at) $$;
CREATE FUNCTION pg_temp.mqtt(sensor text, "values" float8[], at timestamptz) RETURNS text LANGUAGE sql AS $$
    SELECT a.stored || ' ' || a.duplicates || ' ' || a.quarantined FROM ingest.accept(ARRAY['factory/s-1/' || sensor],
        ARRAY[(SELECT jsonb_agg(jsonb_build_object('value', v, 'time', at) ORDER BY n)::text FROM unnest("values") WITH ORDINALITY AS u (v, n))], NULL, ARRAY[clock_timestamp()]) AS a $$;
-- what is stored of a sensor: value and microseconds after the second
CREATE FUNCTION pg_temp.stored(sensor text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(r.value || '@' || extract(microseconds FROM r.time)::integer % 1000000, ' ' ORDER BY r.time)
    FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id WHERE s.equipment_id = 's-1' AND s.name = stored.sensor $$;
CREATE FUNCTION pg_temp.told(sensor text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(t.kind, ' ' ORDER BY t.id) FROM alarm.transition AS t JOIN alarm.alarm AS a ON a.id = t.alarm_id JOIN plant.sensor AS s ON s.id = a.sensor_id WHERE s.name = told.sensor $$;
INSERT INTO plant.equipment (id, name) VALUES ('s-1', 's');
INSERT INTO alarm.rule (name, condition, high, select_equipment) VALUES ('hot', 'above', 80, '{s-1}');
SELECT date_trunc('second', clock_timestamp()) - INTERVAL '60 seconds' AS t \gset

-- both, which is the default
SELECT is(pg_temp.http(pg_temp.point('a', 20, :'t')), '1 0 0 0', 'one');
SELECT is(pg_temp.http(pg_temp.point('a', 20, :'t')), '0 1 0 0', 'again: a duplicate');
SELECT is(pg_temp.http(pg_temp.point('a', 95, :'t')), '1 0 1 0', 'another value at the same time is kept beside it');
SELECT is(pg_temp.stored('a'), '20@0 95@1', 'a microsecond later');
SELECT is(pg_temp.told('a'), 'raised', 'and judged');
SELECT is((SELECT l.value FROM telemetry.latest AS l JOIN plant.sensor AS s ON s.id = l.sensor_id WHERE s.name = 'a'), 95::float8, 'and the latest');
SELECT is(pg_temp.http(jsonb_build_array(pg_temp.point('a', 20, :'t'), pg_temp.point('a', 95, :'t'))), '0 2 0 0', 'both again: nothing');
SELECT is(pg_temp.http(pg_temp.point('a', 20, :'t')) || pg_temp.http(pg_temp.point('a', 95, :'t')), '0 1 0 00 1 0 0', 'in whatever order');
SELECT is(pg_temp.http(jsonb_build_array(pg_temp.point('a', 21, :'t'), pg_temp.point('a', 95, :'t'), pg_temp.point('a', 22, :'t'))), '2 1 2 0', 'more of them, and one again');
SELECT is(pg_temp.stored('a'), '20@0 95@1 21@2 22@3', 'in the order of arrival');
SELECT is(pg_temp.told('a'), 'raised cleared', 'each judged');
SELECT is(pg_temp.mqtt('m', '{20,95,30,95,20}', :'t'), '3 2 0', 'within one message');
SELECT is(pg_temp.stored('m'), '20@0 95@1 30@2', 'as they stand in it');
SELECT is(pg_temp.mqtt('m', '{20,95,30,95,20}', :'t'), '0 5 0', 'and redelivered');
SELECT is(pg_temp.told('m'), 'raised cleared', 'both judged');
SELECT is((SELECT a.stored || ' ' || a.duplicates FROM ingest.accept(ARRAY['factory/s-1', 'factory/s-1/w', 'factory/s-1'], ARRAY[format('{"values": {"w": 1, "x": 1}, "time": "%s"}', :'t'), format('{"value": 2, "time": "%s"}', :'t'),
    format('{"values": {"w": 3, "x": 1}, "time": "%s"}', :'t')], NULL, array_fill(clock_timestamp(), ARRAY[3])) AS a), '4 1', 'of several decoders in one batch');
SELECT is(pg_temp.stored('x'), '1@0', 'once');
SELECT is((SELECT count(*) FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id WHERE s.name = 'w'), 3::bigint, 'all three');

-- neighbours that are really a microsecond away
SELECT pg_temp.http(jsonb_agg(pg_temp.point('u', n, :'t'::timestamptz + n * INTERVAL '1 microsecond'))) FROM generate_series(0, 3) AS n;
SELECT is(pg_temp.http(jsonb_build_array(pg_temp.point('u', 100, :'t'), pg_temp.point('u', 101, :'t'::timestamptz + INTERVAL '1 microsecond'))), '2 0 2 0', 'find the next free one');
SELECT is((SELECT array_agg(v ORDER BY v) FROM unnest(string_to_array(regexp_replace(pg_temp.stored('u'), '@\d+', '', 'g'), ' ')) AS v), '{0,1,100,101,2,3}', 'and nothing is lost');
SELECT is(pg_temp.http((SELECT jsonb_agg(pg_temp.point('many', n, :'t')) FROM generate_series(1, 1500) AS n)), '1000 0 999 500', 'a thousand have place in a millisecond, the others take the last one''s');
SELECT is((SELECT count(*) FROM ingest.replaced_value AS v JOIN plant.sensor AS s ON s.id = v.sensor_id WHERE s.name = 'many'), 500::bigint, 'which is remembered');

-- seen
SELECT is((SELECT kept || ' ' || replaced FROM report.same_time WHERE sensor = 'a'), '3 0', 'the report counts them');
SELECT is((SELECT value FROM ops.metrics() WHERE name = 'millwright_same_time_total' AND labels = '{"outcome": "replaced"}'), 500::float8, 'and the metric');
SELECT is((SELECT count(*) FROM ops.metrics() WHERE name = 'millwright_same_time_total'), 2::bigint, 'by outcome');

-- live = backtest
SELECT is((SELECT count(*) FROM alarm.backtest((SELECT id FROM alarm.rule WHERE name = 'hot'), :'t'::timestamptz - INTERVAL '1 minute', clock_timestamp()) AS b JOIN plant.sensor AS s ON s.id = b.sensor_id WHERE s.name IN ('a', 'm')), 2::bigint, 'the backtest says the same');

-- history: what waits, and what meets on its way
SELECT is(pg_temp.http(pg_temp.point('h', v, '2025-01-01T00:00:00Z')), e, format('%s, long ago', v)) FROM (VALUES (1, 1, '1 0 0 0'), (2, 1, '0 1 0 0'), (3, 2, '1 0 1 0'), (4, 1, '0 1 0 0'), (5, 2, '0 1 0 0')) AS t (n, v, e) ORDER BY n;
INSERT INTO telemetry.reading (time, value, sensor_id, is_historical) SELECT '2025-01-01T00:00:00Z', 3, id, true FROM plant.sensor WHERE name = 'h';
SELECT ingest.backfill();
SELECT is(pg_temp.stored('h'), '3@0 2@1 1@2', 'none of the three is dropped by the lane');
SELECT pg_temp.http(pg_temp.point('h', 1, '2025-01-01T00:00:00Z'));
SELECT ingest.backfill();
SELECT is(pg_temp.stored('h'), '3@0 2@1 1@2', 'and a redelivery is none');

-- later
UPDATE ops.setting SET value = '"later"' WHERE name = 'ingest.same_time';
SELECT is(pg_temp.http(pg_temp.point('l', 20, :'t')), '1 0 0 0', 'one');
SELECT is(pg_temp.http(pg_temp.point('l', 95, :'t')), '0 0 0 1', 'another takes its place');
SELECT is(pg_temp.stored('l') || ' ' || pg_temp.told('l'), '95@0 raised', 'and is judged');
SELECT is((SELECT l.value FROM telemetry.latest AS l JOIN plant.sensor AS s ON s.id = l.sensor_id WHERE s.name = 'l'), 95::float8, 'and is the latest');
SELECT is((SELECT v.value FROM ingest.replaced_value AS v JOIN plant.sensor AS s ON s.id = v.sensor_id WHERE s.name = 'l'), 20::float8, 'what stood there is remembered');
SELECT is(pg_temp.http(pg_temp.point('l', 20, :'t')) || ' ' || pg_temp.stored('l'), '0 1 0 0 95@0', 'and its redelivery silent');
SELECT is(pg_temp.http(pg_temp.point('l', 30, :'t')) || ' ' || pg_temp.stored('l'), '0 0 0 1 30@0', 'a third');
SELECT is(pg_temp.told('l'), 'raised cleared', 'is judged after the second');
SELECT is((SELECT l.time FROM telemetry.latest AS l JOIN plant.sensor AS s ON s.id = l.sensor_id WHERE s.name = 'l'), :'t'::timestamptz, 'the latest keeps its time');
SELECT is(pg_temp.mqtt('l2', '{20,95,30}', :'t') || ' ' || pg_temp.stored('l2') || ' ' || pg_temp.told('l2'), '1 0 0 30@0 raised cleared', 'within one message');
SELECT is(pg_temp.mqtt('l2', '{20,95,30}', :'t') || ' ' || pg_temp.stored('l2') || ' ' || pg_temp.told('l2'), '0 3 0 30@0 raised cleared', 'and redelivered');
SELECT is(pg_temp.http(pg_temp.point('l3', v, '2025-01-01T00:00:00Z')), e, format('%s, long ago', v)) FROM (VALUES (1, 1, '1 0 0 0'), (2, 2, '0 0 0 1'), (3, 1, '0 1 0 0')) AS t (n, v, e) ORDER BY n;
SELECT ingest.backfill();
SELECT is(pg_temp.stored('l3'), '2@0', 'the later one is moved');
UPDATE ingest.replaced_value SET replaced_at = '2020-01-01';
SELECT cmp_ok(ingest.purge(), '>=', 5::bigint, 'what is remembered is forgotten with the quarantine');
SELECT is((SELECT count(*) FROM ingest.replaced_value), 0::bigint, 'all of it');
UPDATE ops.setting SET value = '"both"' WHERE name = 'ingest.same_time';

-- property: random batches of whole seconds against a naive oracle. Every different value of a moment is stored, as they came; a second delivery changes nothing.
SELECT setseed(0.5);
CREATE TEMP TABLE sent AS
SELECT b, n, (ARRAY['r1', 'r2', 'r3'])[1 + floor(random() * 3)::integer] AS sensor, :'t'::timestamptz + floor(random() * 8) * INTERVAL '1 second' AS time, floor(random() * 4) AS value
FROM generate_series(1, 12) AS b, generate_series(1, 25) AS n;
CREATE FUNCTION pg_temp.send(batch integer) RETURNS integer LANGUAGE sql AS $$
    SELECT a.stored FROM ingest.accept((SELECT array_agg('factory/s-1/' || sensor ORDER BY n) FROM sent WHERE b = batch),
        (SELECT array_agg(jsonb_build_object('value', value, 'time', time)::text ORDER BY n) FROM sent WHERE b = batch), NULL, array_fill(clock_timestamp(), ARRAY[25])) AS a $$;
DO $$ BEGIN FOR i IN 1..12 LOOP PERFORM pg_temp.send(i); END LOOP; END $$;
CREATE FUNCTION pg_temp.found() RETURNS TABLE (sensor text, "time" timestamptz, value float8, place bigint) LANGUAGE sql AS $$
    SELECT s.name, date_trunc('second', r.time), r.value, row_number() OVER (PARTITION BY s.name, date_trunc('second', r.time) ORDER BY r.time)
    FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id WHERE s.name IN ('r1', 'r2', 'r3') $$;
SELECT results_eq('SELECT * FROM pg_temp.found() ORDER BY 1, 2, 4', $$
    SELECT sensor, time, value, row_number() OVER (PARTITION BY sensor, time ORDER BY min(b * 1000 + n)) FROM sent GROUP BY sensor, time, value ORDER BY 1, 2, 4$$, 'all of them, in the order of their first arrival');
SELECT is((SELECT sum(pg_temp.send(b)) FROM (SELECT DISTINCT b FROM sent) AS u), 0::bigint, 'again: none is new');
SELECT * FROM finish();
ROLLBACK;
