-- sql/compat by itself: in a database without Millwright, with nothing but what sql/compat/README.md says that it needs of its host.
SET client_min_messages = warning;
SELECT ops.edition() = 'apache' AND EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pgtap') AS apache, current_database() AS millwright, current_database() || '_alone' AS alone \gset
\if :apache
DROP DATABASE IF EXISTS :"alone";
CREATE DATABASE :"alone" TEMPLATE template0;
\c :"alone"
SET client_min_messages = warning;
CREATE EXTENSION timescaledb WITH SCHEMA public;
CREATE EXTENSION pgtap WITH SCHEMA public;
\set host `awk '/^\140\140\140/ {on = /sql host/; next} on' :'ROOT'/sql/compat/README.md`
\set compat `cat :'ROOT'/sql/compat/*.sql`
:host
:compat
SET search_path = compat, public;
SELECT no_plan();
SELECT is((SELECT count(*) FROM pg_namespace WHERE nspname IN ('plant', 'telemetry', 'api')), 0::bigint, 'nobody else is here');

CREATE SCHEMA t;
CREATE TABLE t.flow (at timestamptz NOT NULL, "Device Id" text, place int, v float8);
SELECT create_hypertable('t.flow', by_range('at', INTERVAL '1 day')) \g /dev/null
CREATE TABLE t.place (id int PRIMARY KEY, region text NOT NULL);
INSERT INTO t.place SELECT i, 'r' || i % 3 FROM generate_series(0, 9) AS i;
SELECT is(compat.run_script($script$
    CREATE MATERIALIZED VIEW t.minute WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
    SELECT time_bucket('1 minute', at) AS bucket, "Device Id" AS device, count(*) AS n, sum(v) AS total, min(v) AS low FROM t.flow GROUP BY 1, "Device Id" WITH NO DATA;
    CREATE MATERIALIZED VIEW t.hour WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
    SELECT time_bucket('1 hour', bucket) AS bucket, device, sum(n)::bigint AS n, sum(total) AS total, min(low) AS low FROM t.minute GROUP BY 1, device WITH NO DATA;
    CREATE MATERIALIZED VIEW t.day WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
    SELECT time_bucket('1 day', f.at, 'Asia/Kolkata') AS bucket, p.region, f."Device Id" AS device, count(*) AS n, sum(f.v) AS total, min(f.v) AS low
    FROM t.flow AS f JOIN t.place AS p ON p.id = f.place WHERE f.v > 3 GROUP BY 1, p.region, f."Device Id" WITH NO DATA;
    CREATE MATERIALIZED VIEW t.plain WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
    SELECT time_bucket('5 minutes', at) AS bucket, count(*) AS n, sum(v) AS total FROM t.flow GROUP BY 1 WITH NO DATA;
$script$), 4, 'a script of four aggregates');
SELECT is((SELECT string_agg(concat_ws(' ', view_name, key_column), ', ' ORDER BY view_name) FROM compat.continuous_aggregate), 'day device, hour device, minute device, plain', 'keys that notes may name');

-- rows that differ from the plain GROUP BY, of either side
CREATE FUNCTION pg_temp.wrong() RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ',
        (SELECT count(*) FROM (SELECT time_bucket('1 minute', at) AS bucket, "Device Id" AS device, count(*) AS n, sum(v) AS total, min(v) AS low FROM t.flow GROUP BY 1, 2) AS p
            FULL JOIN t.minute AS c ON p.bucket = c.bucket AND coalesce(p.device, '<>') = coalesce(c.device, '<>') WHERE (p.n, p.total, p.low) IS DISTINCT FROM (c.n, c.total, c.low)),
        (SELECT count(*) FROM (SELECT time_bucket('1 hour', at) AS bucket, "Device Id" AS device, count(*) AS n, sum(v) AS total, min(v) AS low FROM t.flow GROUP BY 1, 2) AS p
            FULL JOIN t.hour AS c ON p.bucket = c.bucket AND coalesce(p.device, '<>') = coalesce(c.device, '<>') WHERE (p.n, p.total, p.low) IS DISTINCT FROM (c.n, c.total, c.low)),
        (SELECT count(*) FROM (SELECT time_bucket('1 day', at, 'Asia/Kolkata') AS bucket, region, "Device Id" AS device, count(*) AS n, sum(v) AS total, min(v) AS low
                FROM t.flow JOIN t.place ON id = place WHERE v > 3 GROUP BY 1, 2, 3) AS p
            FULL JOIN t.day AS c ON p.bucket = c.bucket AND p.region = c.region AND coalesce(p.device, '<>') = coalesce(c.device, '<>') WHERE (p.n, p.total, p.low) IS DISTINCT FROM (c.n, c.total, c.low)),
        (SELECT count(*) FROM (SELECT time_bucket('5 minutes', at) AS bucket, count(*) AS n, sum(v) AS total FROM t.flow GROUP BY 1) AS p
            FULL JOIN t.plain AS c USING (bucket) WHERE (p.n, p.total) IS DISTINCT FROM (c.n, c.total)))
$$;
CREATE FUNCTION pg_temp.fill(devices int, n int, f timestamptz, span interval) RETURNS void LANGUAGE sql AS $$
    INSERT INTO t.flow SELECT f + random() * span, CASE WHEN random() < 0.01 THEN NULL ELSE 'd ' || floor(random() * devices) || '''"' END, floor(random() * 10), floor(random() * 20) FROM generate_series(1, n) $$;
SELECT setseed(0.7) \g /dev/null
SELECT pg_temp.fill(150, 20000, '2026-03-01', '2 days') \g /dev/null
SELECT is(pg_temp.wrong(), '0 0 0 0', 'before the first refresh');
CALL refresh_continuous_aggregate('t.minute', NULL, NULL);
CALL refresh_continuous_aggregate('t.hour', NULL, NULL);
CALL refresh_continuous_aggregate('t.day', NULL, NULL);
CALL refresh_continuous_aggregate('t.plain', NULL, NULL);
SELECT is(pg_temp.wrong(), '0 0 0 0', 'after it');

-- a late row costs its bucket for its device
CREATE FUNCTION pg_temp.notes(aggregate text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', to_char(lower(period) AT TIME ZONE 'UTC', 'HH24:MI'), coalesce(key, '*')), ', ' ORDER BY lower(period), key) FROM compat.invalidation JOIN compat.continuous_aggregate USING (continuous_aggregate_id)
    WHERE view_name = aggregate AND NOT upper_inf(period) $$;
UPDATE compat.t_minute SET n = -1;
UPDATE compat.t_plain SET n = -1;
INSERT INTO t.flow VALUES ('2026-03-01 10:00:30Z', 'd 1''"', 1, 5), ('2026-03-01 10:03:30Z', 'd 2''"', 1, 5);
SELECT is(pg_temp.notes('minute'), '10:00 d 1''", 10:03 d 2''"', 'a statement that touches two devices notes them');
SELECT is(pg_temp.notes('plain'), '10:00 *, 10:03 *', 'an aggregate without such a key is noted as a whole');
CALL refresh_continuous_aggregate('t.minute', NULL, NULL);
SELECT is((SELECT string_agg(device, ',' ORDER BY device) FROM t.minute WHERE n <> -1), 'd 1''",d 2''"', 'two groups are computed, of thousands');
SELECT ok((SELECT count(*) > 5000 FROM t.minute WHERE n = -1), 'no other is touched');
CALL refresh_continuous_aggregate('t.plain', NULL, NULL);
SELECT is((SELECT count(*) FROM t.plain WHERE n <> -1), 1::bigint, 'one bucket of the other');
UPDATE t.flow SET "Device Id" = 'moved' WHERE "Device Id" = 'd 1''"' AND at = '2026-03-01 10:00:30Z';
SELECT is(pg_temp.notes('minute'), '10:00 d 1''", 10:00 moved', 'a row that changes its device concerns both');
DELETE FROM t.flow WHERE "Device Id" = 'moved';
INSERT INTO t.flow VALUES ('2026-03-01 10:07Z', NULL, 1, 5);
SELECT ok(pg_temp.notes('minute') LIKE '%10:07 *', 'no device: all of the bucket');
INSERT INTO t.flow SELECT '2026-03-01 11:00Z', 'n ' || i, 1, 1 FROM generate_series(1, compat.most_keys()) AS i;
SELECT is((SELECT count(DISTINCT key) FROM compat.invalidation WHERE key LIKE 'n %'), compat.most_keys()::bigint, 'as many as that are named');
INSERT INTO t.flow SELECT '2026-03-01 12:00Z', 'm ' || i, 1, 1 FROM generate_series(0, compat.most_keys()) AS i;
SELECT ok(pg_temp.notes('minute') LIKE '%12:00 *' AND NOT EXISTS (SELECT FROM compat.invalidation WHERE key LIKE 'm %'), 'of more, the bucket is noted');
-- one by one very many
SELECT format('INSERT INTO t.flow VALUES (''2026-03-01 13:00Z'', %L, 1, 1)', 's ' || i) FROM generate_series(0, compat.most_keys()) AS i \gexec
SELECT is((SELECT count(*) FROM compat.invalidation WHERE key LIKE 's %' AND continuous_aggregate_id = (SELECT continuous_aggregate_id FROM compat.continuous_aggregate WHERE view_name = 'minute')), compat.most_keys() + 1::bigint, 'each statement notes its own');
CALL refresh_continuous_aggregate('t.minute', NULL, NULL);
SELECT is((SELECT count(*) FROM t.minute WHERE bucket = '2026-03-01 13:00Z' AND n = -1), 0::bigint, 'a bucket that very many touched is computed whole');
SELECT is(pg_temp.notes('minute'), NULL, 'no note is left');
CALL refresh_continuous_aggregate('t.minute', NULL, NULL, force => true);
CALL refresh_continuous_aggregate('t.plain', NULL, NULL, force => true);
CALL refresh_continuous_aggregate('t.hour', NULL, NULL);
CALL refresh_continuous_aggregate('t.day', NULL, NULL);
SELECT is(pg_temp.wrong(), '0 0 0 0', 'all agree again');

-- random work in random order
CREATE PROCEDURE pg_temp.random_step() LANGUAGE plpgsql AS $$
DECLARE
    v_from timestamptz := '2026-02-28 20:00Z'::timestamptz + random() * INTERVAL '60 hours';
    v_device text := 'd ' || floor(random() * 150) || '''"';
BEGIN
    CASE floor(random() * 7)
        WHEN 0 THEN PERFORM pg_temp.fill(150, 1 + floor(random() * 300)::int, v_from, random() * INTERVAL '5 hours');
        WHEN 1 THEN INSERT INTO t.flow SELECT v_from + i * INTERVAL '40 seconds', v_device, floor(random() * 10), floor(random() * 20) FROM generate_series(1, 200) AS i;
        WHEN 2 THEN UPDATE t.flow SET v = floor(random() * 20) WHERE "Device Id" = v_device AND at BETWEEN v_from AND v_from + INTERVAL '3 hours';
        WHEN 3 THEN DELETE FROM t.flow WHERE "Device Id" = v_device AND at BETWEEN v_from AND v_from + random() * INTERVAL '6 hours';
        WHEN 4 THEN DELETE FROM t.flow WHERE at BETWEEN v_from AND v_from + random() * INTERVAL '20 minutes';
        WHEN 5 THEN INSERT INTO t.flow VALUES ('2019-01-01Z'::timestamptz + random() * INTERVAL '1 year', v_device, 1, 9);
        ELSE UPDATE t.flow SET "Device Id" = v_device, at = at + INTERVAL '1 second' WHERE at BETWEEN v_from AND v_from + INTERVAL '3 minutes' AND at::date = (at + INTERVAL '1 second')::date;
    END CASE;
END
$$;
SELECT CASE floor(random() * 5)
    WHEN 0 THEN format('CALL refresh_continuous_aggregate(%L, ''2026-02-28 20:00Z''::timestamptz + %L::interval, ''2026-03-02 12:00Z''::timestamptz)', (ARRAY['t.minute', 't.day', 't.plain'])[1 + floor(random() * 3)], random() * INTERVAL '30 hours')
    WHEN 1 THEN format('CALL refresh_continuous_aggregate(%L, NULL::timestamptz, ''2026-02-28 22:00Z''::timestamptz + %L::interval)', (ARRAY['t.minute', 't.hour', 't.day'])[1 + floor(random() * 3)], random() * INTERVAL '60 hours')
    ELSE 'CALL pg_temp.random_step()' END
FROM generate_series(1, 150) \gexec
CALL refresh_continuous_aggregate('t.minute', NULL, NULL);
CALL refresh_continuous_aggregate('t.plain', NULL, NULL);
CALL refresh_continuous_aggregate('t.day', NULL, NULL);
CALL refresh_continuous_aggregate('t.hour', NULL, NULL);
SELECT is(pg_temp.wrong(), '0 0 0 0', 'after 150 random steps');
SELECT is((SELECT count(*) FROM compat.invalidation WHERE NOT upper_inf(period)), 0::bigint, 'and no note is left');

-- a group that cannot be computed stays noted, and the others go on
INSERT INTO t.flow VALUES ('2026-03-01 15:00Z', 'd 9''"', 1, 1.7e308), ('2026-03-01 15:00:01Z', 'd 9''"', 1, 1.7e308), ('2026-03-01 15:30Z', 'd 8''"', 1, 4);
SELECT compat.materialize(continuous_aggregate_id, '-infinity', 'infinity') FROM compat.continuous_aggregate WHERE view_name = 'minute' \g /dev/null
SELECT is(pg_temp.notes('minute'), '15:00 *', 'what cannot be computed is noted again');
SELECT is((SELECT count(*) FROM t.minute WHERE bucket = '2026-03-01 15:30Z' AND device = 'd 8''"' AND low = 4), 1::bigint, 'what can be is done');
DELETE FROM t.flow WHERE v > 1e300;
CALL refresh_continuous_aggregate('t.minute', NULL, NULL);
CALL refresh_continuous_aggregate('t.hour', NULL, NULL);
CALL refresh_continuous_aggregate('t.plain', NULL, NULL);
CALL refresh_continuous_aggregate('t.day', NULL, NULL);
SELECT is(pg_temp.wrong(), '0 0 0 0', 'then it is mended');

-- one device's months by the minute: more than one call does
INSERT INTO t.flow SELECT '2025-10-01Z'::timestamptz + i * INTERVAL '1 minute', 'long', 1, 1 FROM generate_series(0, 110000) AS i;
SELECT is((SELECT count(*) FROM compat.invalidation WHERE key = 'long'), 2::bigint, 'one note for each aggregate');
SELECT isnt(compat.materialize(continuous_aggregate_id, '-infinity', 'infinity'), NULL, 'the first call does a part') FROM compat.continuous_aggregate WHERE view_name = 'minute';
CALL refresh_continuous_aggregate('t.minute', NULL, NULL);
CALL refresh_continuous_aggregate('t.hour', NULL, NULL);
CALL refresh_continuous_aggregate('t.plain', NULL, NULL);
CALL refresh_continuous_aggregate('t.day', NULL, NULL);
SELECT is(pg_temp.wrong(), '0 0 0 0', 'and the rest follows');

-- policies, jobs and retention with the host of the README
SELECT add_continuous_aggregate_policy('t.minute', NULL, INTERVAL '1 minute', INTERVAL '1 minute') AS refresh, add_retention_policy('t.flow', INTERVAL '1 day') AS retention \gset
INSERT INTO t.flow VALUES ('2026-03-01 16:00:10Z', 'd 3''"', 1, 2);
CALL run_job(:refresh);
SELECT is(pg_temp.notes('minute'), NULL, 'the policy''s run takes a note of a key');
CALL refresh_continuous_aggregate('t.day', NULL, NULL);
CALL refresh_continuous_aggregate('t.hour', NULL, NULL);
CALL refresh_continuous_aggregate('t.plain', NULL, NULL);
SELECT is(pg_temp.wrong(), '0 0 0 0', 'they agree before the source goes');
CREATE TEMPORARY TABLE kept AS SELECT sum(n) AS n FROM t.hour;
INSERT INTO t.flow VALUES (now(), 'new', 1, 1);
CALL refresh_continuous_aggregate('t.minute', NULL, NULL);
CALL refresh_continuous_aggregate('t.day', NULL, NULL);
CALL refresh_continuous_aggregate('t.plain', NULL, NULL);
CALL run_job(:retention);
SELECT is((SELECT count(*) FROM t.flow WHERE at < '2026-04-01'), 0::bigint, 'the source is gone');
INSERT INTO t.flow VALUES ('2026-03-01 16:00:20Z', 'd 3''"', 1, 2);
CALL run_job(:refresh);
CALL refresh_continuous_aggregate('t.hour', NULL, NULL);
SELECT is((SELECT sum(n) - (SELECT count(*) FROM t.flow WHERE at > '2026-04-01') FROM t.hour), (SELECT n FROM kept), 'aggregates outlive it, and a late row takes nothing away');
SELECT is((SELECT count(*) FROM compat.jobs), 2::bigint, 'jobs are shown');
SELECT is((SELECT watermark > '2026-03-01' FROM compat.continuous_aggregates WHERE view_name = 'minute'), true, 'so are aggregates');
SELECT drop_continuous_aggregate('t.hour'), drop_continuous_aggregate('t.minute'), drop_continuous_aggregate('t.day'), drop_continuous_aggregate('t.plain') \g /dev/null
SELECT is((SELECT count(*) FROM compat.source) + (SELECT count(*) FROM compat.invalidation) + (SELECT count(*) FROM pg_trigger WHERE tgrelid = 't.flow'::regclass AND tgname LIKE 'compat%'), 0::bigint, 'dropping leaves nothing');
SELECT * FROM finish();
\c :"millwright"
DROP DATABASE :"alone" WITH (FORCE);
\else
SELECT plan(1);
SELECT skip('sql/compat is for the Apache edition', 1);
SELECT * FROM finish();
\endif
