-- What people ask, at size: points made by SQL over 30 days, each question on the product's views and on a plain table with a B-tree, in
-- one run: make bench ARGS='--only scale --points 100000000'. By hand, on a migrated database that may be changed, as its owner:
-- psql -v points=1000000 -v sensors=1000 -f bench/scale/scale.sql (-v json=1: one JSON object instead of the tables)
\set QUIET on
\if :{?points} \else \set points 10000000 \endif
\if :{?sensors} \else \set sensors 1000 \endif
\if :{?json} \else \set json 0 \endif
SET client_min_messages = warning;
SET search_path = compat, public;
\o /dev/null
-- nobody else works meanwhile
UPDATE ops.job SET enabled = false;
CREATE SCHEMA bench;
CREATE TABLE bench.step (place int GENERATED ALWAYS AS IDENTITY, what text, seconds float8, per_second float8);
CREATE PROCEDURE bench.timed(what text, points bigint, statements text[]) LANGUAGE plpgsql AS $$
DECLARE
    v_start timestamptz := clock_timestamp();
    s text;
    v_seconds float8;
BEGIN
    FOREACH s IN ARRAY statements LOOP
        EXECUTE s;
    END LOOP;
    v_seconds := extract(epoch FROM clock_timestamp() - v_start);
    INSERT INTO bench.step (what, seconds, per_second) VALUES (what, v_seconds, points / v_seconds);
END
$$;

-- machines of five sensors each, two of them currents, one a power
INSERT INTO plant.equipment (id, name, location) SELECT 'm-' || i, 'Machine ' || i, 'Hall ' || i % 10 FROM generate_series(1, :sensors / 5) AS i;
INSERT INTO plant.sensor (equipment_id, name, type, unit)
SELECT 'm-' || i, n.name, n.type, n.unit FROM generate_series(1, :sensors / 5) AS i,
    (VALUES ('current_x', 'current', 'A'), ('current_y', 'current', 'A'), ('power', 'power', 'kW'), ('heat', 'temperature', 'Cel'), ('shake', 'vibration', 'mm/s')) AS n (name, type, unit);
CREATE TABLE bench.plain (time timestamptz NOT NULL, value float8 NOT NULL, sensor_id integer NOT NULL, quality smallint NOT NULL DEFAULT 0,
    is_historical boolean NOT NULL DEFAULT false, PRIMARY KEY (sensor_id, time));
SELECT INTERVAL '30 days' / (:points / :sensors) AS step, date_trunc('minute', now()) AS newest \gset
-- a day at a time, as it would have come
SELECT format('CALL bench.timed(%L, %s, ARRAY[%L])', w.what, :points / 30,
    format('INSERT INTO %s (time, value, sensor_id)
        SELECT t, CASE s.type WHEN ''temperature'' THEN 60 + 5 * sin(extract(epoch FROM t) / 7000 + s.id) + random() WHEN ''vibration'' THEN 2 * exp(random())
            ELSE 3 * (extract(hour FROM t) BETWEEN 6 AND 21)::int + random() END, s.id
        FROM plant.sensor AS s, generate_series(%L::timestamptz, %L::timestamptz, %L::interval) AS t', w.relation,
        :'newest'::timestamptz - (30 - d) * INTERVAL '1 day' + :'step'::interval, :'newest'::timestamptz - (29 - d) * INTERVAL '1 day', :'step'))
FROM generate_series(0, 29) AS d, (VALUES ('insert, plain table', 'bench.plain'), ('insert, telemetry.reading', 'telemetry.reading')) AS w (what, relation)
ORDER BY w.what, d \gexec
INSERT INTO telemetry.latest (sensor_id, time, value, received_at)
SELECT s.id, l.time, l.value, l.time FROM plant.sensor AS s
CROSS JOIN LATERAL (SELECT r.time, r.value FROM bench.plain AS r WHERE r.sensor_id = s.id ORDER BY r.time DESC LIMIT 1) AS l
ON CONFLICT (sensor_id) DO UPDATE SET time = excluded.time, value = excluded.value, received_at = excluded.received_at;
VACUUM ANALYZE bench.plain;
VACUUM ANALYZE telemetry.reading;

SELECT clock_timestamp() AS began \gset
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, now() - INTERVAL '1 minute');
INSERT INTO bench.step (what, seconds, per_second) SELECT 'first refresh of minutes', s, :points / s FROM (SELECT extract(epoch FROM clock_timestamp() - :'began')) AS x (s);
SELECT clock_timestamp() AS began \gset
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, now() - INTERVAL '1 hour');
INSERT INTO bench.step (what, seconds, per_second) SELECT 'first refresh of hours', s, :points / s FROM (SELECT extract(epoch FROM clock_timestamp() - :'began')) AS x (s);
SELECT clock_timestamp() AS began \gset
CREATE PROCEDURE bench.refresh() LANGUAGE plpgsql AS $$ BEGIN WHILE rollup.refresh() > 0 LOOP COMMIT; END LOOP; END $$;
CALL bench.refresh();
INSERT INTO bench.step (what, seconds, per_second) SELECT 'first days, sketches, machines', s, :points / s FROM (SELECT extract(epoch FROM clock_timestamp() - :'began')) AS x (s);
SELECT format('VACUUM ANALYZE %s', r) FROM unnest(ARRAY[rollup.finished('reading_1m'), rollup.finished('reading_1h'), 'rollup.day', 'rollup.sketch_1h', 'rollup.machine_15m',
    'telemetry.latest', 'plant.sensor', 'plant.equipment']::regclass[]) AS r \gexec
-- what a minute costs when all is caught up
INSERT INTO telemetry.reading (time, value, sensor_id) SELECT :'newest'::timestamptz + INTERVAL '1 second', 1, s.id FROM plant.sensor AS s;
CALL bench.timed('rollup.refresh when all is caught up', 0, '{"SELECT rollup.refresh()"}');
-- a late row, three days old
INSERT INTO telemetry.reading (time, value, sensor_id) VALUES (:'newest'::timestamptz - INTERVAL '3 days' + INTERVAL '0.1 seconds', 1, 1);
SELECT clock_timestamp() AS began \gset
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, now() - INTERVAL '1 minute');
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, now() - INTERVAL '1 hour');
SELECT rollup.refresh();
INSERT INTO bench.step (what, seconds) SELECT 'a late row, up to its day', extract(epoch FROM clock_timestamp() - :'began');

CREATE TABLE bench.question (place int GENERATED ALWAYS AS IDENTITY, what text, aim float8, query text, plain text,
    ms float8, plain_ms float8, rows int, chunks int);
INSERT INTO bench.question (what, aim, query, plain) VALUES
    ('latest of all sensors', 20, 'SELECT * FROM report.current_value',
     'SELECT s.equipment_id, s.name, s.unit, l.time, l.value FROM plant.sensor AS s CROSS JOIN LATERAL (SELECT r.time, r.value FROM bench.plain AS r WHERE r.sensor_id = s.id ORDER BY r.time DESC LIMIT 1) AS l'),
    ('one sensor''s last 24 h by minute', 20, 'SELECT time, min, mean, max, unit FROM report.trend_1m WHERE equipment = ''m-17'' AND sensor = ''heat'' AND time >= now() - INTERVAL ''24 hours'' ORDER BY time',
     'SELECT date_trunc(''minute'', r.time), min(r.value), avg(r.value), max(r.value), s.unit FROM bench.plain AS r JOIN plant.sensor AS s ON s.id = r.sensor_id
      WHERE s.equipment_id = ''m-17'' AND s.name = ''heat'' AND r.time >= now() - INTERVAL ''24 hours'' GROUP BY 1, 5 ORDER BY 1'),
    ('fleet overview of 30 days', 100, 'SELECT equipment, time, min(min), sum(mean * count) / sum(count), max(max), sum(count) FROM report.trend_1d WHERE sensor_type = ''temperature'' AND time >= now() - INTERVAL ''30 days'' GROUP BY 1, 2',
     'SELECT s.equipment_id, date_trunc(''day'', r.time), min(r.value), avg(r.value), max(r.value), count(*) FROM bench.plain AS r JOIN plant.sensor AS s ON s.id = r.sensor_id
      WHERE s.type = ''temperature'' AND r.time >= now() - INTERVAL ''30 days'' GROUP BY 1, 2'),
    ('fleet overview of 30 days, all sensors', NULL, 'SELECT equipment, time, sum(count) FROM report.trend_1d WHERE time >= now() - INTERVAL ''30 days'' GROUP BY 1, 2',
     'SELECT s.equipment_id, date_trunc(''day'', r.time), count(*) FROM bench.plain AS r JOIN plant.sensor AS s ON s.id = r.sensor_id WHERE r.time >= now() - INTERVAL ''30 days'' GROUP BY 1, 2'),
    ('a day of one machine''s 1 h trend', 10, 'SELECT time, sensor, unit, mean, max FROM report.trend_1h WHERE equipment = ''m-17'' AND time >= now() - INTERVAL ''1 day'' ORDER BY time',
     'SELECT date_trunc(''hour'', r.time), s.name, s.unit, avg(r.value), max(r.value) FROM bench.plain AS r JOIN plant.sensor AS s ON s.id = r.sensor_id
      WHERE s.equipment_id = ''m-17'' AND r.time >= now() - INTERVAL ''1 day'' GROUP BY 1, 2, 3 ORDER BY 1'),
    ('the same with p95', NULL, 'SELECT time, sensor, unit, mean, p95 FROM report.trend_1h WHERE equipment = ''m-17'' AND time >= now() - INTERVAL ''1 day'' ORDER BY time',
     'SELECT date_trunc(''hour'', r.time), s.name, s.unit, avg(r.value), percentile_disc(0.95) WITHIN GROUP (ORDER BY r.value) FROM bench.plain AS r JOIN plant.sensor AS s ON s.id = r.sensor_id
      WHERE s.equipment_id = ''m-17'' AND r.time >= now() - INTERVAL ''1 day'' GROUP BY 1, 2, 3 ORDER BY 1'),
    ('equipment overview', 50, 'SELECT * FROM report.equipment_overview',
     'SELECT e.id, count(*), max(l.time) FROM plant.equipment AS e JOIN plant.sensor AS s ON s.equipment_id = e.id
      CROSS JOIN LATERAL (SELECT r.time FROM bench.plain AS r WHERE r.sensor_id = s.id ORDER BY r.time DESC LIMIT 1) AS l GROUP BY 1'),
    ('all machines'' availability of 30 days', NULL, 'SELECT equipment, time, availability, utilisation FROM report.machine_state_1d WHERE time >= now() - INTERVAL ''30 days''',
     'SELECT s.equipment_id, date_trunc(''day'', r.time), avg((r.value >= 1)::int) FROM bench.plain AS r JOIN plant.sensor AS s ON s.id = r.sensor_id
      WHERE s.type = ''current'' AND r.time >= now() - INTERVAL ''30 days'' GROUP BY 1, 2');

CREATE FUNCTION bench.median_ms(query text, times int) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    v_start timestamptz;
    v_ms float8[];
BEGIN
    FOR i IN 0 .. times LOOP
        v_start := clock_timestamp();
        EXECUTE query;
        -- the first one warms up
        IF i > 0 OR times = 0 THEN
            v_ms := v_ms || extract(epoch FROM clock_timestamp() - v_start)::float8 * 1000;
        END IF;
    END LOOP;
    RETURN (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY m) FROM unnest(v_ms) AS m);
END
$$;
-- chunks that a query really reads
CREATE FUNCTION bench.chunks(query text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    v_plan jsonb;
BEGIN
    EXECUTE 'EXPLAIN (ANALYZE, FORMAT JSON) ' || query INTO v_plan;
    RETURN (SELECT count(DISTINCT n ->> 'Relation Name') FROM jsonb_path_query(v_plan, 'strict $.**') AS n
            WHERE n ->> 'Relation Name' LIKE '\_hyper\_%' AND (n ->> 'Actual Loops')::int > 0);
END
$$;
DO $$
DECLARE
    q record;
    v_rows int;
BEGIN
    FOR q IN SELECT * FROM bench.question ORDER BY place LOOP
        EXECUTE 'SELECT count(*) FROM (' || q.query || ') AS q' INTO v_rows;
        UPDATE bench.question SET ms = bench.median_ms(q.query, 7), plain_ms = bench.median_ms(q.plain, 3), rows = v_rows, chunks = bench.chunks(q.query)
        WHERE place = q.place;
    END LOOP;
END
$$;
\o
\pset footer off
\if :json
\pset tuples_only on
\pset format unaligned
SELECT jsonb_build_object('points', :points, 'sensors', :sensors, 'steps', (SELECT jsonb_agg(to_jsonb(s) ORDER BY s.place) FROM bench.step AS s),
    'questions', (SELECT jsonb_agg(to_jsonb(q) - 'query' - 'plain' || jsonb_build_object('ratio', q.plain_ms / q.ms) ORDER BY q.place) FROM bench.question AS q));
\else
SELECT what, round(sum(seconds)::numeric, 2) AS seconds, round((avg(per_second))::numeric) AS "points/s" FROM bench.step GROUP BY what ORDER BY min(place);
SELECT what, round(ms::numeric, 1) AS ms, aim AS "aim ms", CASE WHEN aim IS NULL THEN '' WHEN ms < aim THEN 'met' ELSE 'MISSED' END AS "is", rows,
    round(plain_ms::numeric, 1) AS "plain ms", round((plain_ms / ms)::numeric, 1) AS "times faster", chunks || ' of '
    || (SELECT count(*) FROM timescaledb_information.chunks) AS "chunks read"
FROM bench.question ORDER BY place;
SELECT hypertable_name AS table, pg_size_pretty(sum(pg_total_relation_size(format('%I.%I', chunk_schema, chunk_name)::regclass))) AS size, count(*) AS chunks
FROM timescaledb_information.chunks GROUP BY 1
UNION ALL SELECT r::text, pg_size_pretty(pg_total_relation_size(r)), NULL FROM unnest('{bench.plain,rollup.day}'::regclass[]) AS r ORDER BY 1;
\endif
