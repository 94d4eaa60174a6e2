-- rollup.reading_1d and the sketches agree with a plain GROUP BY over telemetry.reading in the plant's zone, whatever happened in
-- between. Both editions. Refreshes commit, so this file does not run inside one transaction.
SET search_path = compat, public;
SET client_min_messages = warning;
SELECT no_plan();

SELECT remove_continuous_aggregate_policy('rollup.reading_1m'), remove_continuous_aggregate_policy('rollup.reading_1h');
TRUNCATE telemetry.reading;

-- The oracle knows nothing of rollup: the day of a reading is the date that the wall shows.
CREATE FUNCTION pg_temp.near(a float8, b float8) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT abs(a - b) <= 1e-9 * greatest(abs(a), abs(b), 1)
$$;
CREATE FUNCTION pg_temp.disagreements(zone text) RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FROM (
        SELECT (time AT TIME ZONE zone)::date AS date, sensor_id, count(*), min(value), max(value), avg(value) AS mean, sum(value),
            sum(value * value) AS sum_sq, (array_agg(value ORDER BY time))[1] AS first, (array_agg(value ORDER BY time DESC))[1] AS last,
            min(time) AS first_time, max(time) AS last_time
        FROM telemetry.reading GROUP BY 1, 2
    ) AS p
    FULL JOIN (SELECT (bucket AT TIME ZONE zone)::date AS date, * FROM rollup.reading_1d) AS v USING (date, sensor_id)
    WHERE (p.count, p.min, p.max, p.first, p.last, p.first_time, p.last_time)
        IS DISTINCT FROM (v.count, v.min, v.max, v.first, v.last, v.first_time, v.last_time)
        OR NOT (pg_temp.near(p.mean, v.mean) AND pg_temp.near(p.sum, v.sum) AND pg_temp.near(p.sum_sq, v.sum_sq))
        OR v.first_time < v.bucket OR v.last_time >= v.bucket_end
$$;
-- quantiles of any level, against the exact ones: percentile_disc, and the bound that rollup.bucket_ratio documents
CREATE FUNCTION pg_temp.wrong_quantiles(zone text) RETURNS bigint LANGUAGE sql AS $$
    SELECT (SELECT count(*) FROM (
        SELECT (time AT TIME ZONE zone)::date AS date, sensor_id, percentile_disc('{0.5,0.95,0.99}'::float8[]) WITHIN GROUP (ORDER BY value) AS q
        FROM telemetry.reading GROUP BY 1, 2) AS p
        JOIN (SELECT (bucket AT TIME ZONE zone)::date AS date, * FROM rollup.reading_1d) AS v USING (date, sensor_id)
        WHERE (SELECT bool_and(abs(a - b) <= abs(a) * 0.0100001) FROM unnest(p.q, rollup.quantiles(v.sketch, '{0.5,0.95,0.99}', v.min, v.max)) AS u (a, b))
            IS NOT TRUE)
    + (SELECT count(*) FROM (
        SELECT public.time_bucket('1 hour', time) AS bucket, sensor_id,
            percentile_disc('{0.5,0.95,0.99}'::float8[]) WITHIN GROUP (ORDER BY value) AS q
        FROM telemetry.reading GROUP BY 1, 2) AS p
        JOIN rollup.reading_1h AS v USING (bucket, sensor_id)
        WHERE (SELECT bool_and(abs(a - b) <= abs(a) * 0.0100001) FROM unnest(p.q,
            rollup.quantiles(coalesce((SELECT k.sketch FROM rollup.sketch_1h AS k WHERE k.sensor_id = v.sensor_id AND k.bucket = v.bucket),
                rollup.sketch_of(v.sensor_id, v.bucket, v.bucket + '1 hour', v.count)), '{0.5,0.95,0.99}', v.min, v.max)) AS u (a, b))
            IS NOT TRUE)
$$;
-- finished sketches are those of the readings, entry for entry
CREATE FUNCTION pg_temp.wrong_sketches() RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FROM (
        SELECT public.time_bucket('1 hour', time) AS bucket, sensor_id, count(*) AS count,
            rollup.sketch(array_agg((rollup.sketch_key(value) << 32) + 1)) AS sketch
        FROM telemetry.reading GROUP BY 1, 2) AS p
    RIGHT JOIN rollup.sketch_1h AS s USING (bucket, sensor_id)
    WHERE (p.count, p.sketch) IS DISTINCT FROM (s.count, s.sketch)
$$;
CREATE PROCEDURE pg_temp.refresh_all() LANGUAGE plpgsql AS $$
BEGIN
    WHILE rollup.refresh() > 0 LOOP NULL; END LOOP;
END
$$;
CREATE FUNCTION pg_temp.agree(zone text, what text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT is(pg_temp.disagreements(zone), 0::bigint, format('%s: days agree %s', zone, what))
    UNION ALL
    SELECT is(pg_temp.wrong_quantiles(zone), 0::bigint, format('%s: quantiles agree %s', zone, what))
    UNION ALL
    SELECT is(pg_temp.wrong_sketches(), 0::bigint, format('%s: sketches agree %s', zone, what))
$$;
CREATE FUNCTION pg_temp.insert_random(sensors int, n int, from_time timestamptz, span interval) RETURNS void LANGUAGE sql AS $$
    INSERT INTO telemetry.reading (sensor_id, time, value)
    SELECT 1 + floor(random() * sensors)::int, from_time + random() * span,
        (ARRAY[0, random() * 100 - 50, exp(random() * 40 - 20), -exp(random() * 40 - 20), 20 + random()])[1 + floor(random() * 5)::int]
    FROM generate_series(1, n)
    ON CONFLICT DO NOTHING
$$;
CREATE FUNCTION pg_temp.set_zone(zone text) RETURNS void LANGUAGE sql AS $$ SELECT ops.set_setting('plant.time_zone', to_jsonb(zone)) $$;

SELECT is((SELECT count(*) FROM rollup.reading_1d), 0::bigint, 'empty at first');
SELECT setseed(0.1);
SELECT pg_temp.insert_random(5, 1500, '2026-03-27 03:00+00', '5 days');
SELECT pg_temp.agree('UTC', 'before the first refresh');
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
SELECT pg_temp.agree('UTC', 'with finished hours and no finished day');
CALL pg_temp.refresh_all();
SELECT isnt((SELECT count(*) FROM rollup.day), 0::bigint, 'days are finished');
SELECT isnt((SELECT count(*) FROM rollup.sketch_1h), 0::bigint, 'and sketches');
SELECT pg_temp.agree('UTC', 'with finished days');
SELECT is(rollup.refresh(), 0, 'then nothing is left to do');

-- the views with names and units say the same
INSERT INTO plant.equipment (id, name, location) VALUES ('trend-1', 'Press 1', 'Hall A');
INSERT INTO plant.sensor (id, equipment_id, name, type, unit) OVERRIDING SYSTEM VALUE
SELECT s, 'trend-1', 'signal_' || s, 'temperature', 'Cel' FROM generate_series(1, 5) AS s WHERE s <> 4;
CREATE FUNCTION pg_temp.trend_differs(width text, bucket text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_count bigint;
BEGIN
    EXECUTE format($q$
        SELECT count(*) FROM (
            SELECT %1$s AS time, sensor_id, count(*), min(value), max(value), avg(value) AS mean, stddev_samp(value) AS stddev,
                percentile_disc('{0.5,0.95,0.99}'::float8[]) WITHIN GROUP (ORDER BY value) AS q
            FROM telemetry.reading WHERE sensor_id <> 4 GROUP BY 1, 2) AS p
        FULL JOIN (SELECT * FROM report.trend_%2$s) AS t USING (time, sensor_id)
        WHERE (p.count, p.min, p.max, 'trend-1', 'trend-1', 'signal_' || sensor_id, 'Hall A', 'temperature', 'Cel')
            IS DISTINCT FROM (t.count, t.min, t.max, t.equipment, t.equipment_id, t.sensor, t.location, t.sensor_type, t.unit)
            OR NOT pg_temp.near(p.mean, t.mean) OR (p.stddev IS NULL) <> (t.stddev IS NULL)
            OR abs(p.stddev - t.stddev) > 1e-6 * greatest(abs(p.max), abs(p.min))
            OR abs(p.q[1] - t.p50) > abs(p.q[1]) * 0.0100001 OR abs(p.q[2] - t.p95) > abs(p.q[2]) * 0.0100001
            OR abs(p.q[3] - t.p99) > abs(p.q[3]) * 0.0100001 OR (t.p50, t.p95, t.p99) IS NULL $q$, bucket, width) INTO v_count;
    RETURN v_count;
END
$$;
SELECT is(pg_temp.trend_differs('1m', 'date_trunc(''minute'', time)'), 0::bigint, 'report.trend_1m');
SELECT is(pg_temp.trend_differs('1h', 'date_trunc(''hour'', time)'), 0::bigint, 'report.trend_1h');
SELECT is(pg_temp.trend_differs('1d', 'date_trunc(''day'', time, ''UTC'')'), 0::bigint, 'report.trend_1d');
SELECT pg_temp.insert_random(5, 300, '2026-04-01 04:00+00', '1 day');
SELECT is(pg_temp.trend_differs('1m', 'date_trunc(''minute'', time)'), 0::bigint, 'report.trend_1m with an open tail');
SELECT is(pg_temp.trend_differs('1h', 'date_trunc(''hour'', time)'), 0::bigint, 'report.trend_1h with an open tail');

-- zones of all kinds: half hours, quarters, daylight saving at midnight, midnight that comes twice or not at all, beyond 12 hours
SELECT pg_temp.insert_random(3, 400, '2026-03-07 00:00+00', '3 days'), pg_temp.insert_random(3, 400, '2026-11-01 00:00+00', '2 days'),
    pg_temp.insert_random(2, 400, '2018-11-03 00:00+00', '3 days'), pg_temp.insert_random(2, 300, '2018-02-17 00:00+00', '2 days');
CREATE TEMP TABLE zone (place int, name text);
INSERT INTO zone SELECT row_number() OVER (), z FROM unnest('{Asia/Seoul,Asia/Kolkata,Europe/Berlin,America/Havana,America/Sao_Paulo,Asia/Kathmandu,
    Australia/Lord_Howe,Pacific/Kiritimati,America/St_Johns,Pacific/Chatham,UTC}'::text[]) AS z;
SELECT format('SELECT pg_temp.set_zone(%L)', name),
    minutes, hours, days, format('SELECT pg_temp.agree(%L, ''after the change of zone'')', name),
    $q$SELECT pg_temp.insert_random(4, 200, '2026-03-26 00:00+00', '7 days'), pg_temp.insert_random(3, 100, '2026-11-01 00:00+00', '2 days')$q$,
    'DELETE FROM telemetry.reading WHERE sensor_id = 2 AND random() < 0.05',
    'UPDATE telemetry.reading SET value = value + 1 WHERE sensor_id = 1 AND random() < 0.05',
    -- in an order that makes each level late at least once
    hours, days, minutes, days, hours, days, format('SELECT pg_temp.agree(%L, ''after late rows, updates and deletions'')', name)
FROM zone, (VALUES ($$CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL)$$,
    $$CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL)$$, 'CALL pg_temp.refresh_all()')) AS c (minutes, hours, days)
ORDER BY place \gexec
SELECT * FROM finish();
