-- rollup.reading_1m and reading_1h agree with a plain GROUP BY over telemetry.reading, whatever happened in between.
-- Runs on both editions. Refreshes commit, so this file does not run inside one transaction.
SET search_path = compat, public;
SET client_min_messages = warning;
SELECT plan(41);

-- nobody else refreshes meanwhile
SELECT remove_continuous_aggregate_policy('rollup.reading_1m'), remove_continuous_aggregate_policy('rollup.reading_1h');
TRUNCATE telemetry.reading;
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);

-- rows of the view that differ from the plain GROUP BY, of either side; sums may differ by rounding only
CREATE FUNCTION pg_temp.near(a float8, b float8) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT abs(a - b) <= 1e-9 * greatest(abs(a), abs(b), 1)
$$;
CREATE FUNCTION pg_temp.disagreements(width interval, view regclass) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_count bigint;
BEGIN
    EXECUTE format($q$
        SELECT count(*) FROM (
            SELECT public.time_bucket(%L::interval, time) AS bucket, sensor_id, count(*), min(value), max(value), avg(value) AS mean, sum(value),
                sum(value * value) AS sum_sq, public.first(value, time), public.last(value, time), min(time) AS first_time, max(time) AS last_time
            FROM telemetry.reading GROUP BY 1, 2
        ) AS p
        FULL JOIN %s AS v USING (bucket, sensor_id)
        WHERE (p.count, p.min, p.max, p.first, p.last, p.first_time, p.last_time)
            IS DISTINCT FROM (v.count, v.min, v.max, v.first, v.last, v.first_time, v.last_time)
            OR NOT (pg_temp.near(p.mean, v.mean) AND pg_temp.near(p.sum, v.sum) AND pg_temp.near(p.sum_sq, v.sum_sq))
        $q$, width, view) INTO v_count;
    RETURN v_count;
END
$$;
CREATE FUNCTION pg_temp.agree(what text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT is(pg_temp.disagreements('1 minute', 'rollup.reading_1m'), 0::bigint, 'minutes agree ' || what)
    UNION ALL
    SELECT is(pg_temp.disagreements('1 hour', 'rollup.reading_1h'), 0::bigint, 'hours agree ' || what)
$$;
CREATE FUNCTION pg_temp.insert_random(sensors int, n int, from_time timestamptz, span interval) RETURNS void LANGUAGE sql AS $$
    INSERT INTO telemetry.reading (sensor_id, time, value)
    SELECT 1 + floor(random() * sensors)::int, from_time + random() * span, random() * 100 - 50 FROM generate_series(1, n)
    ON CONFLICT DO NOTHING
$$;

SELECT is((SELECT count(*) FROM rollup.reading_1m), 0::bigint, 'empty at first');
SELECT is((SELECT count(*) FROM rollup.reading_1h), 0::bigint, 'the hours too');

-- never refreshed: everything comes from the source
SELECT setseed(0.42);
SELECT pg_temp.insert_random(7, 5000, '2026-03-01 00:00+00', '6 hours');
SELECT pg_temp.agree('before the first refresh');

CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
SELECT pg_temp.agree('with finished minutes and no finished hour');
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
SELECT pg_temp.agree('after the first refresh');

-- the open tail
SELECT pg_temp.insert_random(7, 2000, '2026-03-01 06:01+00', '2 hours');
SELECT pg_temp.agree('with an open tail');

-- late data is taken in by the next refresh
SELECT pg_temp.insert_random(9, 500, '2026-03-01 01:00+00', '3 hours');
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
SELECT pg_temp.agree('after late data');

-- so are changed, moved and deleted rows
UPDATE telemetry.reading SET value = value + 1000 WHERE sensor_id = 3 AND time BETWEEN '2026-03-01 02:00+00' AND '2026-03-01 02:20+00';
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
SELECT pg_temp.agree('after an update');
UPDATE telemetry.reading SET time = time + INTERVAL '17 minutes 0.001 seconds' WHERE sensor_id = 4 AND time BETWEEN '2026-03-01 03:00+00' AND '2026-03-01 03:10+00';
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
SELECT pg_temp.agree('after rows moved in time');
DELETE FROM telemetry.reading WHERE sensor_id = 5 AND time < '2026-03-01 02:30+00';
DELETE FROM telemetry.reading WHERE time BETWEEN '2026-03-01 04:00+00' AND '2026-03-01 05:00+00';
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
SELECT pg_temp.agree('after deletions, a whole hour among them');

-- data of years ago, in many chunks, and rows on the very borders of buckets
INSERT INTO telemetry.reading (sensor_id, time, value)
SELECT s, t, s FROM generate_series(1, 3) AS s, generate_series('2020-03-08 10:00+00'::timestamptz, '2020-03-12 10:00+00', '1 minute') AS t;
CALL refresh_continuous_aggregate('rollup.reading_1m', '2020-03-01', '2020-04-01');
CALL refresh_continuous_aggregate('rollup.reading_1h', '2020-03-01', '2020-04-01');
SELECT pg_temp.agree('after a historical recording');

-- a window takes whole buckets only and leaves the rest for later
SELECT pg_temp.insert_random(2, 300, '2026-03-01 00:00+00', '3 hours');
CALL refresh_continuous_aggregate('rollup.reading_1m', '2026-03-01 01:00:30+00', '2026-03-01 02:00:30+00');
SELECT is((SELECT count(*) FROM rollup.reading_1m WHERE sensor_id <= 2 AND bucket >= '2026-03-01 01:01+00' AND bucket < '2026-03-01 02:00+00'
        AND count <> (SELECT count(*) FROM telemetry.reading AS r WHERE r.sensor_id = reading_1m.sensor_id AND r.time >= bucket AND r.time < bucket + INTERVAL '1 minute')),
    0::bigint, 'a window is refreshed');
SELECT isnt(pg_temp.disagreements('1 minute', 'rollup.reading_1m'), 0::bigint, 'what lies outside of the window is not');
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
SELECT pg_temp.agree('after the rest of it');

-- random work in random order
CREATE PROCEDURE pg_temp.random_step() LANGUAGE plpgsql AS $$
DECLARE
    v_from timestamptz := '2026-02-28 20:00+00'::timestamptz + random() * INTERVAL '12 hours';
BEGIN
    CASE floor(random() * 4)
        WHEN 0 THEN PERFORM pg_temp.insert_random(6, 1 + floor(random() * 400)::int, v_from, random() * INTERVAL '5 hours');
        WHEN 1 THEN UPDATE telemetry.reading SET value = random() * 10 WHERE sensor_id = 1 + floor(random() * 6)::int AND time BETWEEN v_from AND v_from + INTERVAL '7 minutes';
        WHEN 2 THEN DELETE FROM telemetry.reading WHERE sensor_id = 1 + floor(random() * 6)::int AND time BETWEEN v_from AND v_from + random() * INTERVAL '40 minutes';
        ELSE INSERT INTO telemetry.reading (sensor_id, time, value) VALUES (1, '2019-01-01+00'::timestamptz + random() * INTERVAL '1 year', 1);
    END CASE;
END
$$;
-- statements of their own, in an order drawn at random: psql runs each on its own
SELECT CASE floor(random() * 5)
    WHEN 0 THEN format('CALL refresh_continuous_aggregate(''rollup.reading_1m'', ''2026-02-28 20:00+00''::timestamptz + %L::interval, ''2026-03-01 12:00+00''::timestamptz)', random() * INTERVAL '10 hours')
    WHEN 1 THEN format('CALL refresh_continuous_aggregate(''rollup.reading_1h'', NULL::timestamptz, ''2026-02-28 22:00+00''::timestamptz + %L::interval)', random() * INTERVAL '10 hours')
    ELSE 'CALL pg_temp.random_step()' END
FROM generate_series(1, 60) \gexec
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
SELECT pg_temp.agree('after 60 random steps');
SELECT 'CALL pg_temp.random_step()' FROM generate_series(1, 20) \gexec
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
SELECT pg_temp.agree('when the hours were refreshed before the minutes');

-- a statement that is prepared once keeps seeing the truth
PREPARE whole AS SELECT sum(count) FROM rollup.reading_1m;
CREATE FUNCTION pg_temp.total() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT sum(count) FROM rollup.reading_1m); END $$;
SET plan_cache_mode = force_generic_plan;
SELECT is(pg_temp.total(), (SELECT count(*) FROM telemetry.reading), 'a cached plan sees all');
SELECT pg_temp.insert_random(6, 300, '2026-03-01 22:00+00', '1 hour');
SELECT is(pg_temp.total(), (SELECT count(*) FROM telemetry.reading), 'it sees the tail');
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
SELECT is(pg_temp.total(), (SELECT count(*) FROM telemetry.reading), 'it sees the tail when that is finished');
RESET plan_cache_mode;

-- TRUNCATE empties the aggregates too
TRUNCATE telemetry.reading;
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
SELECT is((SELECT count(*) FROM rollup.reading_1m), 0::bigint, 'no minute after TRUNCATE');
SELECT is((SELECT count(*) FROM rollup.reading_1h), 0::bigint, 'no hour after TRUNCATE');
SELECT pg_temp.insert_random(3, 300, '2026-03-02 00:00+00', '2 hours');
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
SELECT pg_temp.agree('after a new start');

-- information and refusals, the same on both editions
SELECT set_eq($$SELECT view_schema || '.' || view_name, materialized_only FROM ops.continuous_aggregate$$,
    $$VALUES ('rollup.reading_1h', false), ('rollup.reading_1m', false)$$, 'ops.continuous_aggregate lists both, real-time');
SELECT lives_ok($$SELECT add_continuous_aggregate_policy('rollup.reading_1m', start_offset => NULL, end_offset => INTERVAL '1 minute', schedule_interval => INTERVAL '1 hour')$$,
    'a refresh policy is added');
-- 42710 up to TimescaleDB 2.20; since 2.21 an aggregate may have several, if they do not overlap (22023)
SELECT throws_matching($$SELECT add_continuous_aggregate_policy('rollup.reading_1m', NULL, INTERVAL '2 minutes', INTERVAL '1 hour')$$,
    'already exists|overlaps with an existing', 'not twice');
SELECT is((SELECT count(*) FROM ops.timescale_job WHERE proc_name = 'policy_refresh_continuous_aggregate' AND schedule_interval = '1 hour'), 1::bigint,
    'ops.timescale_job shows it');
SELECT lives_ok($$SELECT remove_continuous_aggregate_policy('rollup.reading_1m')$$, 'and removed');
SELECT is((SELECT count(*) FROM ops.timescale_job WHERE proc_name = 'policy_refresh_continuous_aggregate'), 0::bigint, 'then it is gone');

SELECT * FROM finish();
