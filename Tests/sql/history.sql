-- History: what is sent is stored once, wherever in time it lies and in whatever order it comes; chunks are bounded by points, not by the
-- calendar; live points make no chunk far from now; the aggregates agree. The naive oracle is the table of what was sent.
SET search_path = compat, public;
SET client_min_messages = warning;
SELECT plan(71);
SELECT set_config('test.seed', (extract(epoch FROM clock_timestamp())::bigint % 100000)::text, false) AS seed \gset
\echo # seed :seed
SELECT setseed(:seed / 100000.0) \g /dev/null
SELECT ops.set_setting('ingest.oldest', '"250 years"') \g /dev/null

CREATE TABLE public.sent (shape text, sensor_id integer, "time" timestamptz, value float8);
CREATE TABLE public.delivery (shape text, place integer GENERATED ALWAYS AS IDENTITY, sensor_id integer[], "time" timestamptz[], value float8[]);
CREATE TABLE public.told (given bigint, stored bigint, duplicates bigint, historical bigint, alarms bigint);
INSERT INTO plant.equipment (id, name) VALUES ('h', 'h');
INSERT INTO plant.sensor (equipment_id, name) SELECT 'h', 's' || i FROM generate_series(1, 300) AS i;
CREATE FUNCTION public.sensor(n integer) RETURNS integer LANGUAGE sql STABLE AS $$ SELECT id FROM plant.sensor WHERE equipment_id = 'h' AND name = 's' || n $$;
-- every point would raise an alarm if it were live
INSERT INTO alarm.rule (name, condition, high, select_equipment) VALUES ('anything', 'above', -1, '{h}');

CREATE FUNCTION public.chunks() RETURNS TABLE (begins timestamptz, ends timestamptz) LANGUAGE sql STABLE AS $$
    SELECT range_start, range_end FROM timescaledb_information.chunks WHERE hypertable_schema = 'telemetry' AND hypertable_name = 'reading' $$;

-- A shape's points, cut into messages of one sensor and at most 1,000 points (cut = false: one batch holds all), shuffled, a third of them twice.
CREATE PROCEDURE public.deliver(p_shape text, p_size integer DEFAULT 1000) LANGUAGE plpgsql AS $$
DECLARE
    d public.delivery;
    s record;
BEGIN
    TRUNCATE public.delivery;
    INSERT INTO public.delivery (shape, sensor_id, "time", value)
    SELECT p_shape, b.sensor_id, b.time, b.value
    FROM (
        SELECT array_agg(x.sensor_id ORDER BY x.sensor_id, x.time) AS sensor_id, array_agg(x.time ORDER BY x.sensor_id, x.time) AS time,
               array_agg(x.value ORDER BY x.sensor_id, x.time) AS value
        FROM (SELECT p.*, (row_number() OVER (ORDER BY p.sensor_id, p.time) - 1) / p_size AS part FROM public.sent AS p WHERE p.shape = p_shape) AS x
        GROUP BY x.part
    ) AS b, generate_series(1, CASE WHEN random() < 0.3 THEN 2 ELSE 1 END)
    ORDER BY random();
    FOR d IN SELECT * FROM public.delivery ORDER BY place LOOP
        SELECT * INTO s FROM ingest.store(d.sensor_id, d.time, d.value, array_fill(0::smallint, ARRAY[cardinality(d.time)]),
            array_fill(false, ARRAY[cardinality(d.time)]), clock_timestamp());
        INSERT INTO public.told VALUES (cardinality(d.time), s.stored, s.duplicates, s.historical, s.alarm_transitions);
        IF random() < 0.2 THEN PERFORM ingest.backfill(make_interval(secs => random() * 0.05)); END IF;
    END LOOP;
    WHILE ingest.backfill() > 0 LOOP END LOOP;
END $$;
CREATE FUNCTION public.holds(p_shape text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    v_days numeric := (SELECT extract(epoch FROM max(time) - min(time)) / 86400 FROM public.sent);
    v_points bigint := (SELECT count(*) FROM public.sent);
BEGIN
    RETURN NEXT is((SELECT count(*) FROM ingest.backlog), 0::bigint, p_shape || ': nothing waits any more');
    RETURN NEXT is_empty($q$(SELECT DISTINCT sensor_id, time, value FROM public.sent EXCEPT ALL SELECT sensor_id, time, value FROM telemetry.reading)
        UNION ALL (SELECT sensor_id, time, value FROM telemetry.reading EXCEPT ALL SELECT DISTINCT sensor_id, time, value FROM public.sent)$q$,
        p_shape || ': exactly what was sent is stored, once');
    RETURN NEXT cmp_ok((SELECT count(*) FROM public.chunks()), '<=', (v_points / 5000 + v_days / 256 + 40)::bigint, p_shape || ': chunks are few');
    RETURN NEXT is((SELECT count(*) FROM public.chunks() WHERE ends - begins > INTERVAL '256 days' OR ends > now() + INTERVAL '2 days'
            OR ends - begins > INTERVAL '1 day' AND ends > telemetry.live_from()), 0::bigint,
        p_shape || ': none is too wide, none reaches into the days of live points');
    RETURN NEXT is((SELECT width FROM telemetry.reading_dimension()), 86400000000, p_shape || ': a live chunk is as wide as ever');
    RETURN NEXT is((SELECT sum(given - stored - duplicates) FROM public.told), 0::numeric, p_shape || ': every point was stored or a duplicate');
    RETURN NEXT is((SELECT sum(stored) FROM public.told) - (SELECT duplicates FROM telemetry.history_lane),
        (SELECT count(*) FROM (SELECT DISTINCT sensor_id, time FROM public.sent) AS d)::numeric, p_shape || ': and counted once');
END $$;

-- what the issue saw
INSERT INTO public.sent SELECT 'daily', public.sensor(1), now() - d * INTERVAL '1 day' - INTERVAL '8 days', d FROM generate_series(1, 6900) AS d;
CALL public.deliver('daily', 6900);
SELECT public.holds('daily');
SELECT cmp_ok((SELECT count(*) FROM public.chunks()), '<', 40::bigint, 'daily: 6,900 days are less than 40 chunks');

-- an hour apart: denser than the daily ones, in the same chunks
INSERT INTO public.sent SELECT 'hourly', public.sensor(2), date_trunc('hour', now()) - h * INTERVAL '1 hour' - INTERVAL '9 days', h FROM generate_series(1, 5 * 365 * 24) AS h;
CALL public.deliver('hourly', 10000);
SELECT public.holds('hourly');

-- many sensors, one point each, each in another year, before 1970 too
INSERT INTO public.sent SELECT 'scattered', public.sensor(i), now() - INTERVAL '10 days' - random() * INTERVAL '240 years', i FROM generate_series(3, 300) AS i;
CALL public.deliver('scattered', 300);
SELECT public.holds('scattered');

-- bursts: dense history gets narrow chunks
INSERT INTO public.sent SELECT 'bursts', public.sensor(3), timestamptz '1931-01-01' + b * INTERVAL '7 years' + i * INTERVAL '100 milliseconds', i
FROM generate_series(1, 3) AS b, generate_series(1, 15000) AS i;
CALL public.deliver('bursts', 5000);
SELECT public.holds('bursts');

-- random: batches of any spread anywhere, several sensors in one
INSERT INTO public.sent
SELECT DISTINCT ON (3, 4) 'random', x.* FROM (
    SELECT public.sensor(4 + (random() * 20)::integer) AS sensor_id, date_trunc('second', b.centre - random() * b.spread) AS time, 0::float8
    FROM (SELECT now() - INTERVAL '8 days' - random() * INTERVAL '120 years' AS centre, INTERVAL '1 minute' * 10 ^ (random() * 7.7) AS spread,
                 (10 ^ (random() * 3.3))::integer AS points FROM generate_series(1, 25)) AS b, generate_series(1, b.points)) AS x (sensor_id, time, value)
ORDER BY 3, 4;
UPDATE public.sent SET value = hashint8(extract(epoch FROM time)::bigint) % 1000 + sensor_id WHERE shape = 'random';
CALL public.deliver('random', 700);
SELECT public.holds('random');

SELECT is((SELECT count(*) FROM alarm.alarm), 0::bigint, 'no live alarm came of it');
SELECT is((SELECT sum(historical) FROM public.told), (SELECT sum(stored) FROM public.told), 'all of it counts as historical');
SELECT is((SELECT count(*) FROM telemetry.latest WHERE isfinite(time)), 0::bigint, 'none became the latest value');
SELECT is((api.get_latest_sensor_data('h', sensor => 's2') #>> '{sensors,0,value}'), '1', 'where all is historical, the newest of it is shown');

-- the aggregates
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
CREATE FUNCTION public.agrees() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    v_name text;
BEGIN
    FOR v_name IN SELECT unnest('{1m,1h}'::text[]) LOOP
        RETURN NEXT is_empty(format($q$
            WITH plain AS (SELECT time_bucket(%2$L::interval, time) AS bucket, sensor_id, count(*) AS count, min(value) AS min, max(value) AS max,
                                  min(time) AS first_time, max(time) AS last_time FROM telemetry.reading GROUP BY 1, 2),
                 kept AS (SELECT bucket, sensor_id, count, min, max, first_time, last_time FROM rollup.reading_%1$s)
            (TABLE plain EXCEPT ALL TABLE kept) UNION ALL (TABLE kept EXCEPT ALL TABLE plain)$q$, v_name, CASE v_name WHEN '1m' THEN '1 minute' ELSE '1 hour' END),
            v_name || ' is what a plain GROUP BY says');
    END LOOP;
END $$;
SELECT public.agrees();
SELECT cmp_ok((SELECT count(*) FROM timescaledb_information.chunks AS k WHERE k.hypertable_name <> 'reading' AND k.hypertable_name LIKE '%reading%'), '<=',
    (SELECT extract(epoch FROM max(time) - min(time)) / 86400 FROM public.sent)::bigint / CASE ops.edition() WHEN 'apache' THEN 55 ELSE 9 END + 100, 'their chunks are few, too');
-- one more late point of long ago, and only its buckets
INSERT INTO public.sent VALUES ('late', public.sensor(1), now() - INTERVAL '19 years', 5);
CALL public.deliver('late');
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
SELECT public.agrees();

-- the border: a microsecond before and after, the edges of chunks, old and live points of one sensor in one batch
BEGIN;
SELECT telemetry.live_from(now()) AS live \gset
INSERT INTO alarm.rule (name, condition, high, select_sensor) VALUES ('border', 'above', 100, '{edge}');
SELECT is((SELECT a.stored || ' ' || a.historical || ' ' || a.alarm_transitions FROM ingest.accept(ARRAY['factory/border/edge'], ARRAY[(
        SELECT json_agg(json_build_object('time', t, 'value', 101 + n)) FROM (VALUES (1, :'live'::timestamptz - INTERVAL '1 microsecond'), (2, :'live'),
            (3, :'live'::timestamptz + INTERVAL '1 microsecond'), (4, now() - INTERVAL '100 years'), (5, clock_timestamp())) AS v (n, t))::text],
        NULL, ARRAY[clock_timestamp()]) AS a), '5 4 1', 'old and live points of one batch: each its way, and the live one raises its alarm');
SELECT is((SELECT count(*) FROM ingest.backlog), 2::bigint, 'a microsecond decides');
SELECT is(ingest.backfill(), 2::bigint, 'the lane takes the others');
SELECT is((SELECT a.stored || ' ' || a.historical FROM ingest.accept(ARRAY['factory/border/edge'],
    ARRAY[json_build_object('time', :'live'::timestamptz - INTERVAL '2 microseconds', 'value', 1)::text], NULL, ARRAY[clock_timestamp()]) AS a), '1 1', 'one more');
SELECT is((SELECT count(*) FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id WHERE s.name = 'edge' AND r.time < :'live'), 3::bigint,
    'where a chunk is open an old point goes straight in');
SELECT is((SELECT value FROM telemetry.latest AS l JOIN plant.sensor AS s ON s.id = l.sensor_id WHERE s.name = 'edge'), 106::float8, 'and the live one is the latest value');
-- marked by its sender, but of now: no detour
SELECT is((SELECT a.stored || ' ' || a.historical || ' ' || a.alarm_transitions FROM ingest.accept(ARRAY['factory/border/edge'],
    ARRAY['{"value": 500, "is_historical": true}'], NULL, ARRAY[clock_timestamp()]) AS a), '1 1 0', 'a historical flag is kept and judged by nobody');
SELECT is((SELECT count(*) FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id WHERE s.name = 'edge' AND r.value = 500 AND r.is_historical), 1::bigint, 'and the point is there at once');
ROLLBACK;

-- over HTTP
SELECT is(api.store_sensor_data(jsonb_build_array(
    jsonb_build_object('device_id', 'web', 'sensor_type', 't', 'value', 1, 'time', '1780-05-01T00:00:00Z'),
    jsonb_build_object('device_id', 'web', 'sensor_type', 't', 'value', 2))) - 'message', '{"stored": 2, "no_value": 0, "duplicates": 0, "historical": 1}', 'HTTP takes the same way');
SELECT is((SELECT count(*) FROM ingest.backlog), 1::bigint, 'one waits');
SELECT is((SELECT r #>> '{}' FROM (SELECT CASE WHEN EXISTS (SELECT FROM ingest.backlog) THEN '"waits"'::jsonb END AS r) AS x), 'waits', 'it is a row of ingest.backlog');
SELECT throws_ok(format('SELECT api.delete_sensor(%s)', (SELECT id FROM plant.sensor WHERE equipment_id = 'web')), 'MW409', NULL, 'a sensor whose history waits has measured values');
WITH gone AS (SELECT ingest.backfill()) SELECT 1 FROM gone \g /dev/null

-- nothing is lost on the way: what is not committed did not happen, and happens again
BEGIN;
SELECT ingest.accept(ARRAY['factory/h/s1'], ARRAY['{"time":"1783-01-01T00:00:00Z","value":1}'], NULL, ARRAY[clock_timestamp()]) \g /dev/null
ROLLBACK;
SELECT is((SELECT count(*) FROM ingest.backlog), 0::bigint, 'what was not acknowledged is not there');
SELECT ingest.accept(ARRAY['factory/h/s1'], ARRAY['{"time":"1783-01-01T00:00:00Z","value":1}'], NULL, ARRAY[clock_timestamp()]) \g /dev/null
BEGIN;
SELECT ingest.backfill() \g /dev/null
ROLLBACK;
SELECT is((SELECT count(*) FROM ingest.backlog), 1::bigint, 'a run that ended half-way lost nothing');
SELECT is((SELECT width FROM telemetry.reading_dimension()), 86400000000, 'and left no wide interval');
SELECT is(ingest.backfill(), 1::bigint, 'the next one moves it');

-- bulk loads
BEGIN;
SELECT is(telemetry.begin_history('1850-01-01', '1860-01-01', 4000), INTERVAL '6144 hours', 'sparse: the widest chunks');
SELECT throws_ok($$SELECT telemetry.begin_history('1850-01-01', '1860-01-01', 4000)$$, 'MW409', NULL, 'one at a time');
ROLLBACK;
BEGIN;
SELECT telemetry.begin_history(now() - INTERVAL '400 days', now(), 500000000) \g /dev/null
SELECT is((SELECT width FROM telemetry.reading_dimension()), 86400000000, 'dense: the usual ones');
ROLLBACK;
SELECT throws_ok($$SELECT telemetry.begin_history(now(), now() + INTERVAL '1 year', 5)$$, 'MW422', NULL, 'history is not in the future');
BEGIN;
SELECT telemetry.begin_history(now() - INTERVAL '200 years', now(), 10000) \g /dev/null
INSERT INTO telemetry.reading (time, value, sensor_id, is_historical) SELECT now() - i * INTERVAL '7 days', i, public.sensor(299), true FROM generate_series(0, 10000) AS i;
-- telemetry.end_history() forgotten
COMMIT;
SELECT is((SELECT width FROM telemetry.reading_dimension()), 86400000000, 'the commit ends it');
SELECT is((SELECT count(*) FROM public.chunks() WHERE ends - begins > INTERVAL '1 day' AND ends > telemetry.live_from()), 0::bigint, 'its chunks stop where history ends');
SELECT cmp_ok((SELECT count(*) FROM public.chunks()), '<', 480::bigint, 'and are few');

-- retention: what would be dropped at once is refused, by name
SELECT ops.set_raw_retention('100 days') \g /dev/null
SELECT ingest.accept(ARRAY['factory/h/s1', 'factory/h/s1', 'factory/h/s1'], ARRAY[
    format('{"time":"%s","value":1}', now() - INTERVAL '99.5 days'), format('{"time":"%s","value":1}', now() - INTERVAL '98 days'), '{"time":"1701-01-01T00:00:00Z","value":1}'],
    NULL, array_fill(clock_timestamp(), ARRAY[3])) \g /dev/null
SELECT is((SELECT string_agg(reason, ' ' ORDER BY reason DESC) FROM ingest.quarantine), 'beyond_retention ancient_timestamp', 'beyond_retention, and ancient_timestamp as ever');
SELECT is((SELECT s.rejected::text FROM ingest.store_points(ARRAY['h'], ARRAY['s1'], ARRAY['t'], ARRAY[NULL], ARRAY[now() - INTERVAL '101 days'], ARRAY[1.0]) AS s),
    '[{"code": "beyond_retention", "index": 0}]', 'over HTTP, too');
SELECT is(telemetry.longest_width(86400000000), 8 * 86400000000, 'chunks stay narrow enough for the retention to mean something');

SELECT * FROM finish();
