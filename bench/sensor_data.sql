-- What a request for sensor data costs in the database, beside the newest values: processor time of the session and rows read. Needs an
-- empty migrated database of its own on this machine, as a superuser:
--   psql -d DATABASE -f bench/sensor_data.sql [-v machines=20] [-v days=7]
\set ON_ERROR_STOP on
\if :{?machines} \else \set machines 20 \endif
\if :{?days} \else \set days 7 \endif
\set QUIET on
\pset footer off
SET client_min_messages = warning;
SET search_path = compat, public;
INSERT INTO plant.equipment (id, name) SELECT 'm-' || i, 'm-' || i FROM generate_series(1, :machines) AS i;
INSERT INTO plant.sensor (equipment_id, name, type, unit) SELECT 'm-' || i, 's' || j, 'temperature', 'Cel' FROM generate_series(1, :machines) AS i, generate_series(1, 10) AS j;
-- ten sensors a machine, a value a minute
INSERT INTO telemetry.reading (sensor_id, time, value)
SELECT s.id, t, random() * 100 FROM generate_series(date_trunc('minute', now()) - make_interval(days => :days), now(), INTERVAL '1 minute') AS t, plant.sensor AS s ORDER BY t, s.id;
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
DO $$ BEGIN FOR i IN 1 .. 1000 LOOP EXIT WHEN rollup.refresh() = 0; END LOOP; END $$;
VACUUM ANALYZE;

CREATE TEMPORARY TABLE result (n int, request text, cpu_ms numeric, read bigint);
-- user and system time of this session, in ms; /proc counts in hundredths of a second
CREATE FUNCTION pg_temp.cpu() RETURNS int LANGUAGE sql VOLATILE AS $$
    SELECT (f[12]::int + f[13]::int) * 10 FROM (SELECT string_to_array(split_part(pg_read_file('/proc/self/stat'), ') ', 2), ' ') AS f) AS x $$;
CREATE FUNCTION pg_temp.rows_read() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::bigint FROM pg_stat_xact_all_tables WHERE schemaname LIKE '\_timescaledb\_internal' $$;
CREATE PROCEDURE pg_temp.measure(n int, request text, query text) LANGUAGE plpgsql AS $$
DECLARE
    c_times CONSTANT int := 50;
    v_read bigint;
    v_cpu int;
BEGIN
    v_read := pg_temp.rows_read();
    EXECUTE query;
    v_read := pg_temp.rows_read() - v_read;
    COMMIT;
    v_cpu := pg_temp.cpu();
    FOR i IN 1 .. c_times LOOP
        EXECUTE query;
        COMMIT;
    END LOOP;
    INSERT INTO result VALUES (n, request, round((pg_temp.cpu() - v_cpu)::numeric / c_times, 1), v_read);
END $$;
SELECT format('CALL pg_temp.measure(%s, %L, %L)', row_number() OVER (), v.request, 'SELECT api.' || v.call)
FROM (VALUES
    ('latest', 'get_latest_sensor_data(''m-7'')'),
    ('limit=100', 'list_sensor_data(''m-7'', "limit" => 100)'),
    ('limit=100&count=none', 'list_sensor_data(''m-7'', "limit" => 100, count => ''none'')'),
    ('bucket=1m&limit=100', 'list_sensor_data(''m-7'', bucket => ''1m'', "limit" => 100)'),
    ('bucket=1m&limit=100&count=none', 'list_sensor_data(''m-7'', bucket => ''1m'', "limit" => 100, count => ''none'')'),
    ('bucket=1m&limit=1000', 'list_sensor_data(''m-7'', bucket => ''1m'', "limit" => 1000)'),
    ('one sensor, bucket=1m&limit=100', 'list_sensor_data(''m-7'', sensor => ''s1'', bucket => ''1m'', "limit" => 100)'),
    ('one sensor, bucket=1m&limit=1000', 'list_sensor_data(''m-7'', sensor => ''s1'', bucket => ''1m'', "limit" => 1000)'),
    ('all days, bucket=1h&limit=100', 'list_sensor_data(''m-7'', bucket => ''1h'', start => now() - INTERVAL ''7 days'', "limit" => 100)'),
    ('all days, bucket=1d', 'list_sensor_data(''m-7'', bucket => ''1d'', start => now() - INTERVAL ''7 days'')'),
    ('all days, bucket=1d&time_zone=Asia/Seoul', 'list_sensor_data(''m-7'', bucket => ''1d'', start => now() - INTERVAL ''7 days'', time_zone => ''Asia/Seoul'')'),
    ('all days, bucket=1d&time_zone=Asia/Kolkata', 'list_sensor_data(''m-7'', bucket => ''1d'', start => now() - INTERVAL ''7 days'', time_zone => ''Asia/Kolkata'')')
) AS v (request, call) \gexec
SELECT request, read AS "rows read", cpu_ms AS "ms of the processor" FROM result ORDER BY n;
