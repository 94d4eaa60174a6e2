-- What judging the trend of 1,000 machines with 30 days of hours costs (ml.trend_judge, the hourly job), and where it goes. Every machine has
-- its quarters of an hour (rollup.machine_15m); every third stands still for eight hours a day. Half of them wear, half do not.
-- Needs an empty migrated database of its own, as a superuser; building it takes a minute or two:
--   psql -d DATABASE -f bench/trend.sql [-v machines=1000] [-v days=30]
\set ON_ERROR_STOP on
\if :{?machines} \else \set machines 1000 \endif
\if :{?days} \else \set days 30 \endif
\set QUIET on
\pset footer off
SET client_min_messages = warning;
SET search_path = compat, public;
SELECT setseed(0.5) \g /dev/null
INSERT INTO plant.equipment (id, name, type) SELECT 'trend-' || i, 'bench', 'fan' FROM generate_series(1, :machines) AS i;
INSERT INTO plant.sensor (equipment_id, name, type, unit) SELECT e.id, 'vib', 'vibration', 'mm/s' FROM plant.equipment AS e;
INSERT INTO ml.health_indicator (name, kind, sensor_type, statistic, limit_value) VALUES ('bench', 'rollup', 'vibration', 'rms', 10);
INSERT INTO telemetry.reading (sensor_id, time, value)
SELECT s.id, date_trunc('hour', now()) - h * INTERVAL '1 hour', 1 + (s.id % 2) * (:days * 24 - h) * 0.001 * (5 + s.id % 10) + random()
FROM plant.sensor AS s, generate_series(1, :days * 24) AS h;
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
TRUNCATE rollup.machine_15m;
INSERT INTO rollup.machine_15m (equipment_id, bucket, running, idle, stopped, unknown, starts, energy, points, heard)
SELECT e.id, q, CASE WHEN x.off THEN 0 ELSE 15 END, 0, CASE WHEN x.off THEN 15 ELSE 0 END, 0, 0, NULL, 1, 1
FROM plant.equipment AS e, generate_series(date_trunc('hour', now()) - make_interval(days => :days), date_trunc('hour', now()) - INTERVAL '1 minute', '15 minutes') AS q,
    LATERAL (SELECT right(e.id, 1) IN ('1', '4', '7') AND date_part('hour', q AT TIME ZONE 'UTC') < 8 AS off) AS x;
VACUUM ANALYZE;
-- of the session, in seconds: user and system time of /proc (a hundredth each)
CREATE FUNCTION pg_temp.cpu() RETURNS float8 LANGUAGE sql AS $$
    SELECT (f[12]::float8 + f[13]::float8) / 100 FROM regexp_split_to_array(regexp_replace(pg_read_file('/proc/self/stat'), '^.*\) ', 'x '), ' ') AS f $$;
CREATE TEMPORARY TABLE result (n int, what text, ms numeric, cpu_ms numeric);
CREATE PROCEDURE pg_temp.measure() LANGUAGE plpgsql AS $$
DECLARE
    v_what record;
    v_from timestamptz;
    v_cpu float8;
    v_rows bigint;
BEGIN
    FOR v_what IN SELECT * FROM (VALUES
        (1, 'the hours alone (rollup.reading_1h)', 'SELECT count(mean) FROM rollup.reading_1h WHERE bucket >= now() - INTERVAL ''1000 days'''),
        (2, 'ml.trend_series: blocks and clocks', 'SELECT count(*) FROM ml.trend_series(now())'),
        (3, 'ml.trend_estimate: and what is said of them', 'SELECT count(*) FROM ml.trend_estimate(now())'),
        (4, 'ml.trend_judge: and stored, rules told', 'SELECT trends FROM ml.trend_judge()')) AS w (n, what, query),
        generate_series(0, 2) AS round ORDER BY round, n
    LOOP
        v_from := clock_timestamp();
        v_cpu := pg_temp.cpu();
        EXECUTE v_what.query INTO v_rows;
        -- the first round plans
        INSERT INTO result SELECT v_what.n, v_what.what, extract(epoch FROM clock_timestamp() - v_from) * 1000, (pg_temp.cpu() - v_cpu) * 1000 WHERE v_what.round > 0;
        COMMIT;
    END LOOP;
END $$;
CALL pg_temp.measure();
SELECT what, round(min(ms)) AS "ms (less of 2)", round(min(cpu_ms)) AS "processor time, ms"
FROM result GROUP BY n, what ORDER BY n;
SELECT verdict, count(*) AS trends FROM ml.trend_state GROUP BY verdict ORDER BY verdict;
SELECT CASE WHEN min(ms) FILTER (WHERE n = 4) < 2000 THEN 'under 2 s' ELSE 'NOT under 2 s' END AS "1,000 machines", split_part(pg_read_file('/proc/loadavg'), ' ', 1) AS load FROM result;
\if :{?explain}
EXPLAIN (ANALYZE, BUFFERS) SELECT * FROM ml.trend_judge();
\endif
