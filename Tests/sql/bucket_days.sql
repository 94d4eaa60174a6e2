-- Days are the plant's: each point of the asked range counts in exactly one bucket of sensors/data, whatever the zone, the range, and how far the rollups are.
SET search_path = compat, public;
SET client_min_messages = warning;
SELECT no_plan();
SELECT remove_continuous_aggregate_policy('rollup.reading_1m'), remove_continuous_aggregate_policy('rollup.reading_1h') \g /dev/null
INSERT INTO plant.equipment (id, name) VALUES ('b', 'b');
INSERT INTO plant.sensor (equipment_id, name, type) SELECT 'b', 's' || i, 't' FROM generate_series(1, 3) AS i;
CREATE TEMPORARY TABLE sensor AS SELECT id, row_number() OVER (ORDER BY id) AS n FROM plant.sensor WHERE equipment_id = 'b';

-- weeks around changes of clocks that differ in kind: an hour, half an hour, at midnight forward and back, a day that does not exist
CREATE TEMPORARY TABLE zone (name text, around timestamptz);
INSERT INTO zone VALUES ('UTC', '2026-03-29'), ('Asia/Seoul', '2026-03-29'), ('Asia/Kolkata', '2026-03-29'), ('Europe/Berlin', '2026-03-29'), ('Europe/Berlin', '2026-10-25'),
    ('Australia/Lord_Howe', '2026-04-04'), ('Australia/Lord_Howe', '2026-10-03'), ('America/Havana', '2026-11-01'), ('America/Havana', '2026-03-08'),
    ('Asia/Kathmandu', '2026-10-25'), ('America/Sao_Paulo', '2018-11-04'), ('Asia/Amman', '2021-10-29'), ('America/St_Johns', '2010-11-07'), ('Pacific/Apia', '2011-12-30'),
    ('Africa/Monrovia', '1972-01-07'), ('Pacific/Chatham', '2026-04-05');
SELECT setseed(0.31) \g /dev/null
INSERT INTO telemetry.reading (sensor_id, time, value)
SELECT s.id, t + random() * INTERVAL '20 minutes', floor(random() * 100)
FROM (SELECT DISTINCT around FROM zone) AS z, sensor AS s, generate_series(z.around - INTERVAL '5 days', z.around + INTERVAL '5 days', INTERVAL '23 minutes') AS t
ON CONFLICT DO NOTHING;
-- on the very borders
INSERT INTO telemetry.reading (sensor_id, time, value)
SELECT s.id, b - d, 1 FROM zone AS z, sensor AS s, generate_series(-4, 4) AS i, LATERAL (SELECT telemetry.bucket_start('day', z.around, z.name, i) AS b) AS e, unnest('{0,0.000001}'::float8[]) AS u (d0),
    LATERAL (SELECT make_interval(secs => d0) AS d) AS d WHERE s.n < 3 ON CONFLICT DO NOTHING;

CREATE FUNCTION pg_temp.unit(bucket text) RETURNS text LANGUAGE sql AS $$ SELECT telemetry.bucket_unit(bucket) $$;
-- all pages of a request
CREATE FUNCTION pg_temp.rows(b text, f timestamptz, t timestamptz, z text, l integer, o text DEFAULT 'asc') RETURNS SETOF jsonb LANGUAGE sql AS $$
    WITH RECURSIVE page AS (
        SELECT api.list_sensor_data('b', f, t, bucket => b, "limit" => l, time_zone => z, count => 'exact', "order" => o) AS p, 1 AS n
        UNION ALL
        SELECT api.list_sensor_data('b', bucket => b, "limit" => l, time_zone => z, cursor => p ->> 'next_cursor', "order" => o), n + 1 FROM page WHERE p ->> 'next_cursor' IS NOT NULL AND n < 200)
    SELECT r || jsonb_build_object('total', p -> 'total') FROM page, jsonb_array_elements(p -> 'data') WITH ORDINALITY AS e (r, place) ORDER BY n, place
$$;
-- what is wrong with an answer, in words; NULL: nothing
CREATE FUNCTION pg_temp.wrong(b text, f timestamptz, t timestamptz, z text, l integer DEFAULT 1000, o text DEFAULT 'asc') RETURNS text LANGUAGE sql AS $$
    WITH answer AS MATERIALIZED (SELECT r, place FROM pg_temp.rows(b, f, t, z, l, o) WITH ORDINALITY AS x (r, place)),
    got AS (
        SELECT date_trunc(pg_temp.unit(b), (r ->> 'time')::timestamptz, CASE WHEN b IN ('1m', '1h') THEN 'UTC' ELSE z END) AS bucket, r ->> 'sensor' AS sensor, (r ->> 'count')::bigint AS count, (r ->> 'min')::float8 AS min, (r ->> 'max')::float8 AS max,
            round((r ->> 'mean')::numeric, 6) AS mean, (r ->> 'first')::float8 AS first, (r ->> 'last')::float8 AS last, round((r ->> 'stddev')::numeric, 4) AS stddev
        FROM answer),
    oracle AS (
        SELECT date_trunc(pg_temp.unit(b), d.time, CASE WHEN b IN ('1m', '1h') THEN 'UTC' ELSE z END) AS bucket, s.name AS sensor, count(*) AS count, min(d.value) AS min, max(d.value) AS max,
            round(avg(d.value)::numeric, 6) AS mean, first(d.value, d.time) AS first, last(d.value, d.time) AS last, round(stddev_samp(d.value)::numeric, 4) AS stddev
        FROM telemetry.reading AS d JOIN plant.sensor AS s ON s.id = d.sensor_id WHERE s.equipment_id = 'b' AND d.time >= f AND d.time < t GROUP BY 1, 2)
    SELECT nullif(concat_ws('; ',
        (SELECT string_agg(concat_ws(' ', 'got', g::text), ', ') FROM (SELECT * FROM got EXCEPT ALL SELECT * FROM oracle LIMIT 3) AS g),
        (SELECT string_agg(concat_ws(' ', 'missed', g::text), ', ') FROM (SELECT * FROM oracle EXCEPT ALL SELECT * FROM got LIMIT 3) AS g),
        (SELECT 'total ' || (r ->> 'total') FROM answer WHERE (r ->> 'total')::bigint <> (SELECT count(*) FROM oracle) LIMIT 1),
        (SELECT 'order at ' || (x ->> 'time') FROM (SELECT r AS x, lag(r) OVER (ORDER BY CASE o WHEN 'asc' THEN place ELSE -place END) AS before FROM answer) AS q WHERE (before ->> 'time') > (x ->> 'time') LIMIT 1),
        (SELECT 'from at ' || (r ->> 'time') FROM answer WHERE (r ->> 'from')::timestamptz IS DISTINCT FROM CASE WHEN (r ->> 'time')::timestamptz < f THEN f END LIMIT 1),
        (SELECT 'to at ' || (r ->> 'time') FROM answer WHERE (r ->> 'to')::timestamptz IS DISTINCT FROM
            CASE WHEN telemetry.bucket_start(pg_temp.unit(b), (r ->> 'time')::timestamptz, CASE WHEN b IN ('1m', '1h') THEN 'UTC' ELSE z END, 1) > t THEN t END LIMIT 1),
        (SELECT 'starts late: ' || (r ->> 'time') FROM answer JOIN plant.sensor AS s ON s.name = r ->> 'sensor' AND s.equipment_id = 'b'
         WHERE b NOT IN ('1m', '1h') AND NOT EXISTS (SELECT FROM telemetry.reading AS d WHERE d.sensor_id = s.id AND d.time >= greatest((r ->> 'time')::timestamptz, f) AND d.time < t
            AND d.value = (r ->> 'first')::float8) LIMIT 1)), '')
$$;

-- ranges at random, and pages of a few rows
CREATE TEMPORARY TABLE asked AS
SELECT b, f, f + (random() ^ 2) * CASE b WHEN '1m' THEN INTERVAL '5 hours' WHEN '1h' THEN INTERVAL '2 days' ELSE INTERVAL '8 days' END + INTERVAL '1 second' AS t, z.name AS z, CASE WHEN random() < 0.2 THEN 7 ELSE 1000 END AS l, CASE WHEN random() < 0.5 THEN 'asc' ELSE 'desc' END AS o
FROM zone AS z, unnest('{1m,1h,1d,1w,1mo}'::text[]) AS b, generate_series(1, 1) AS i,
    LATERAL (SELECT z.around - INTERVAL '5 days' + random() * INTERVAL '6 days' + i * INTERVAL '0' AS f0) AS r,
    LATERAL (SELECT CASE WHEN random() < 0.3 THEN telemetry.bucket_start('day', f0, z.name) WHEN random() < 0.3 THEN date_trunc('hour', f0) ELSE f0 END AS f) AS q;
CREATE FUNCTION pg_temp.check_all(what text) RETURNS text LANGUAGE sql AS $$
    SELECT is((SELECT string_agg(format('%s %s %s %s %s %s: %s', b, f, t, z, l, o, w), E'\n') FROM (SELECT *, pg_temp.wrong(b, f, t, z, l, o) AS w FROM asked) AS x WHERE w IS NOT NULL), NULL,
        (SELECT count(*) FROM asked) || ' ranges: ' || what)
$$;
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
SELECT pg_temp.check_all('minutes refreshed');
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
SELECT pg_temp.check_all('hours refreshed');
-- late, changed and deleted points that no refresh has taken in
INSERT INTO telemetry.reading (sensor_id, time, value) SELECT s.id, a.f + random() * (a.t - a.f), floor(random() * 100) FROM asked AS a, sensor AS s WHERE s.n = 2 ON CONFLICT DO NOTHING;
DELETE FROM telemetry.reading AS d USING asked AS a WHERE d.sensor_id = (SELECT id FROM sensor WHERE n = 1) AND d.time >= a.f AND d.time < a.f + INTERVAL '40 minutes' AND a.l = 7;
UPDATE telemetry.reading AS d SET value = value + 500 WHERE d.sensor_id = (SELECT id FROM sensor WHERE n = 3) AND extract(hour FROM time) = 3;
SELECT pg_temp.check_all('changes that wait for a refresh');
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
SELECT pg_temp.check_all('all have them');

-- days that are finished, in the plant's zone
UPDATE ops.setting SET value = '"Asia/Kolkata"' WHERE name = 'plant.time_zone';
DO $$ BEGIN FOR i IN 1 .. 100 LOOP EXIT WHEN rollup.refresh() = 0; END LOOP; END $$;
SELECT cmp_ok((SELECT finished_to FROM rollup.day_state), '>', '2026-10-01', 'days are finished');
UPDATE asked SET z = 'Asia/Kolkata' WHERE b IN ('1d', '1w', '1mo') AND l = 1000;
UPDATE rollup.day SET count = count + 1000000 WHERE sensor_id = (SELECT id FROM sensor WHERE n = 1) AND bucket = '2026-03-25 18:30Z';
SELECT is((SELECT (r -> 'count')::bigint > 1000000 FROM pg_temp.rows('1d', '2026-03-20', '2026-04-01', 'Asia/Kolkata', 1000) AS r WHERE r ->> 'sensor' = 's1' AND r ->> 'time' LIKE '2026-03-25%'), true, 'finished days are read');
UPDATE rollup.day SET count = count - 1000000 WHERE sensor_id = (SELECT id FROM sensor WHERE n = 1) AND bucket = '2026-03-25 18:30Z';
SELECT pg_temp.check_all('days finished');
INSERT INTO telemetry.reading (sensor_id, time, value) SELECT s.id, a.f + random() * (a.t - a.f), floor(random() * 100) FROM asked AS a, sensor AS s WHERE s.n = 2 ON CONFLICT DO NOTHING;
SELECT pg_temp.check_all('late points that no refresh has taken in');
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
SELECT pg_temp.check_all('hours have them, days not');
SELECT rollup.refresh() \g /dev/null
UPDATE ops.setting SET value = '"UTC"' WHERE name = 'plant.time_zone';

-- whole years in one request, over what is sparse
SELECT is(pg_temp.wrong('1d', '1970-01-01', '2027-01-01', z, o => o), NULL, format('half a century of days: %s %s', z, o))
FROM (VALUES ('Asia/Kolkata', 'asc'), ('America/Havana', 'asc'), ('Asia/Kolkata', 'desc')) AS x (z, o);
SELECT is(pg_temp.wrong('1mo', '1970-01-01', '2027-01-01', 'Europe/Berlin', 1, o), NULL, 'month by month, ' || o) FROM unnest('{asc,desc}'::text[]) AS o;
SELECT is(pg_temp.wrong('1m', '2026-03-24 00:00:30+00', '2026-10-22', 'UTC', 900, o), NULL, 'minutes with half a year of nothing in between, ' || o)
FROM unnest('{asc,desc}'::text[]) AS o;

-- what the issue saw: a Seoul day over a UTC one
INSERT INTO plant.equipment (id, name) VALUES ('seoul', 'seoul');
INSERT INTO plant.sensor (equipment_id, name, type) VALUES ('seoul', 's', 't');
INSERT INTO telemetry.reading (sensor_id, time, value) SELECT s.id, t, 1 FROM plant.sensor AS s, generate_series('2026-07-01 15:00Z'::timestamptz, '2026-07-02 07:59Z', INTERVAL '1 minute') AS t WHERE s.equipment_id = 'seoul';
SELECT is((SELECT ((a -> 'total')::text, jsonb_array_length(a -> 'data'), (a #> '{data,0,count}')::text, a #>> '{data,0,time}', a #>> '{data,0,from}', a #>> '{data,0,to}', a ->> 'time_zone')::text
    FROM api.list_sensor_data('seoul', '2026-07-01 15:00Z', '2026-07-02 15:00Z', bucket => '1d', time_zone => 'Asia/Seoul') AS a),
    '(1,1,1020,2026-07-01T15:00:00.000000Z,,,Asia/Seoul)', 'a day of Seoul is one bucket with all its points');
SELECT is((SELECT ((a -> 'total')::text, (a #> '{data,0,count}')::text, a #>> '{data,0,time}', a #>> '{data,0,from}', (a #> '{data,1,count}')::text, a #>> '{data,1,to}')::text
    FROM api.list_sensor_data('seoul', '2026-07-01 15:00Z', '2026-07-02 15:00Z', bucket => '1d', "order" => 'asc') AS a),
    '(2,540,2026-07-01T00:00:00.000000Z,2026-07-01T15:00:00.000000Z,480,2026-07-02T15:00:00.000000Z)', 'of UTC it is two, cut, and they say where');
UPDATE ops.setting SET value = '"Asia/Seoul"' WHERE name = 'plant.time_zone';
SELECT is((SELECT ((a -> 'total')::text, a ->> 'time_zone')::text FROM api.list_sensor_data('seoul', '2026-07-01 15:00Z', '2026-07-02 15:00Z', bucket => '1d') AS a), '(1,Asia/Seoul)', 'the plant''s zone is the default');
SELECT is(plant.time_zone(), 'Asia/Seoul', 'plant.time_zone');
UPDATE ops.setting SET value = '"UTC"' WHERE name = 'plant.time_zone';

-- days of 23 and 25 hours, and of half an hour more
SELECT is((SELECT string_agg(extract(epoch FROM telemetry.bucket_start('day', d, z, 1) - telemetry.bucket_start('day', d, z)) / 3600 || '', ' ' ORDER BY d, z)
    FROM (VALUES ('2026-03-29 12:00+00'::timestamptz, 'Europe/Berlin'), ('2026-10-25 12:00+00', 'Europe/Berlin'), ('2026-04-04 23:00+00', 'Australia/Lord_Howe'), ('2026-11-01 12:00+00', 'America/Havana')) AS x (d, z)),
    '23.0000000000000000 24.5000000000000000 25.0000000000000000 25.0000000000000000', 'days are as long as they are');

-- what cannot be asked
CREATE FUNCTION pg_temp.refusal(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_column text;
BEGIN
    EXECUTE 'SELECT api.list_sensor_data(''b'', ' || call || ')';
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_column = COLUMN_NAME;
    RETURN SQLSTATE || ' ' || v_column;
END $$;
SELECT is(pg_temp.refusal(format('bucket => ''1d'', time_zone => %L', z)), 'MW422 time_zone', 'no zone: ' || left(z, 20))
FROM unnest(ARRAY['Mars/Olympus', '', 'XYZ+3', 'Foo/GMT+9', 'asia/seoul', '+09:00', 'posix/Asia/Seoul', '../../etc/passwd', repeat('A', 10000)]) AS z;
SELECT is(pg_temp.refusal(format('bucket => %L, time_zone => ''XYZ+3''', b)), 'MW422 time_zone', 'also where no bucket needs it: ' || b) FROM unnest('{raw,1m}'::text[]) AS b;
SELECT is(pg_temp.refusal(c), r, c) FROM (VALUES ('bucket => ''1y''', 'MW422 bucket'), ('count => ''all''', 'MW422 count'), ('count => NULL', 'MW422 count'), ('start => ''-infinity''', 'MW422 start'),
    ('bucket => ''1d'', start => ''2026-01-01'', "end" => ''infinity''', 'MW422 end'), ('bucket => ''1mo'', start => ''0001-01-01'', "end" => ''9999-12-31''', 'accepted'),
    ('bucket => ''1d'', start => ''4000-01-01 BC''', 'MW422 start')) AS x (c, r);

-- totals: exact while cheap, else an estimate that says so
INSERT INTO plant.equipment (id, name) VALUES ('long', 'long');
INSERT INTO plant.sensor (equipment_id, name, type) SELECT 'long', 's' || i, 't' FROM generate_series(1, 4) AS i;
INSERT INTO telemetry.reading (sensor_id, time, value) SELECT s.id, t, 1 FROM plant.sensor AS s, generate_series('2026-01-01 00:00Z'::timestamptz, '2026-04-01', INTERVAL '30 minutes') AS t WHERE s.equipment_id = 'long';
CREATE FUNCTION pg_temp.total(b text, c text, f timestamptz DEFAULT '2025-01-01', t timestamptz DEFAULT '2026-04-01', l integer DEFAULT 10) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', coalesce(a ->> 'total', 'null'), a ->> 'total_is_estimate') FROM api.list_sensor_data('long', f, t, bucket => b, "limit" => l, count => c) AS a $$;
SELECT is(pg_temp.total(b, 'exact'), e || ' false', b || ' counted') FROM (VALUES ('raw', 17280), ('1m', 17280), ('1h', 8640), ('1d', 360), ('1mo', 12)) AS x (b, e);
SELECT is(pg_temp.total(b, 'none'), 'null false', b || ' not counted') FROM unnest('{raw,1m,1d}'::text[]) AS b;
SELECT is(pg_temp.total('1mo', 'none', l => 1000), '12 false', 'a page that holds all says how many');
SELECT ok(split_part(pg_temp.total(b, 'estimated'), ' ', 1)::int BETWEEN e * 0.5 AND e * 2 AND pg_temp.total(b, 'estimated') LIKE '% true', b || ' estimated: ' || pg_temp.total(b, 'estimated'))
FROM (VALUES ('raw', 17280), ('1m', 17280), ('1h', 8640), ('1d', 360)) AS x (b, e);
SELECT is(pg_temp.total('raw', 'estimated', '2026-03-01', '2026-03-02'), '192 false', 'a day is counted');
SELECT is(api.list_sensor_data('long', '2025-01-01', '2026-04-01', "limit" => 10, cursor => api.list_sensor_data('long', '2025-01-01', '2026-04-01', "limit" => 10, count => c) ->> 'next_cursor') ->> 'total',
    api.list_sensor_data('long', '2025-01-01', '2026-04-01', "limit" => 10, count => c) ->> 'total', 'the next page says what the first did: ' || c) FROM unnest('{exact,estimated,none}'::text[]) AS c;

-- a page costs its rows, not its range
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
ANALYZE;
CREATE FUNCTION pg_temp.rows_read() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::bigint FROM pg_stat_xact_all_tables WHERE schemaname LIKE '\_timescaledb\_internal' $$;
CREATE TEMPORARY TABLE cost (b text, c text, n bigint);
CREATE PROCEDURE pg_temp.measure(b text, c text) LANGUAGE plpgsql AS $$
DECLARE
    -- what the session has not reported yet
    v_before bigint := pg_temp.rows_read();
BEGIN
    PERFORM api.list_sensor_data('long', '2026-01-01', '2026-04-01', bucket => b, "limit" => 10, count => c);
    INSERT INTO cost SELECT b, c, pg_temp.rows_read() - v_before;
END $$;
SELECT format('CALL pg_temp.measure(%L, %L)', b, c) FROM unnest('{raw,1m,1h}'::text[]) AS b, unnest('{exact,estimated,none}'::text[]) AS c \gexec
SELECT ok(n < 100, format('a page of 10 of %s reads %s rows', b, n)) FROM cost WHERE c = 'none';
SELECT ok(n < 4000, format('with a total %s rows', n)) FROM cost WHERE c = 'estimated';
SELECT ok(n > 8000, format('with an exact one %s', n)) FROM cost WHERE c = 'exact' AND b <> '1m';

-- where readings, minutes and hours have been dropped, the plant's days are what there is
UPDATE ops.setting SET value = '"Asia/Kolkata"' WHERE name = 'plant.time_zone';
DO $$ BEGIN FOR i IN 1 .. 100 LOOP EXIT WHEN rollup.refresh() = 0; END LOOP; END $$;
CREATE TEMPORARY TABLE before AS SELECT b, r - 'total' AS r FROM unnest('{1d,1w,1mo}'::text[]) AS b, pg_temp.rows(b, '2010-01-01', '2021-12-31 18:30Z', 'Asia/Kolkata', 1000) AS r;
SELECT drop_chunks('telemetry.reading', '2022-01-01'::timestamptz), drop_chunks(rollup.finished('reading_1m'), '2022-01-01'::timestamptz), drop_chunks(rollup.finished('reading_1h'), '2022-01-01'::timestamptz) \g /dev/null
SELECT rollup.refresh() \g /dev/null
SELECT cmp_ok((SELECT count(*) FROM before), '>', 100::bigint, 'there were days');
SELECT is((SELECT count(*) FROM telemetry.reading WHERE time < '2021-12-01'), 0::bigint, 'the rest is gone');
SELECT results_eq($$SELECT b, r - 'total' FROM unnest('{1d,1w,1mo}'::text[]) AS b, pg_temp.rows(b, '2010-01-01', '2021-12-31 18:30Z', 'Asia/Kolkata', 1000) AS r WHERE r ->> 'time' > '2010-12'$$,
    $$SELECT b, r FROM before WHERE r ->> 'time' > '2010-12'$$, 'days, weeks and months are as they were');
SELECT is((SELECT sum((r ->> 'count')::bigint) FROM pg_temp.rows('1d', '2010-01-01', '2021-12-31 18:30Z', 'Europe/Berlin', 1000) AS r), (SELECT sum((r ->> 'count')::bigint) FROM before WHERE b = '1d'),
    'another zone gets the plant''s days there, and none of their points is lost');
SELECT * FROM finish();
