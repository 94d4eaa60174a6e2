-- What sql/compat supplies on the Apache edition. On Community there is no schema compat: skipped.
SET search_path = compat, public;
SET client_min_messages = warning;
SELECT ops.edition() = 'apache' AS apache \gset
\if :apache
SELECT plan(48);
SELECT alter_job(job_id, scheduled => false) FROM ops.job \g /dev/null

-- definitions
-- as in production, everything belongs to millwright
CREATE SCHEMA t AUTHORIZATION millwright;
SET ROLE millwright;
CREATE TABLE t.event (at timestamptz NOT NULL, place text, "odd Name" int, v float8);
SELECT create_hypertable('t.event', by_range('at', INTERVAL '1 week')) \g /dev/null
CREATE FUNCTION pg_temp.define(query text, options text DEFAULT 'timescaledb.continuous, timescaledb.materialized_only = false', name text DEFAULT 't.cagg')
RETURNS int LANGUAGE sql AS $$ SELECT compat.create_continuous_aggregate(format('CREATE MATERIALIZED VIEW %s WITH (%s) AS %s WITH NO DATA;', name, options, query)) $$;
SELECT throws_ok($$SELECT compat.create_continuous_aggregate('SELECT 1')$$, 'MW422', NULL, 'not a definition');
SELECT throws_ok($$SELECT compat.create_continuous_aggregate('CREATE MATERIALIZED VIEW t.x AS SELECT 1 WITH NO DATA')$$, 'MW422', NULL, 'not continuous');
SELECT throws_ok($$SELECT compat.create_continuous_aggregate('CREATE MATERIALIZED VIEW t.x WITH (timescaledb.continuous) AS SELECT time_bucket(''1 day'', at) AS d FROM t.event GROUP BY 1')$$,
    'MW422', NULL, 'WITH DATA is not done in one transaction');
SELECT throws_ok($$SELECT pg_temp.define('SELECT place, count(*) FROM t.event GROUP BY 1')$$, 'MW422', NULL, 'no bucket');
SELECT throws_ok($$SELECT pg_temp.define('SELECT time_bucket(''1 hour'', at) AS h, count(*) FROM t.event GROUP BY 1, place')$$, 'MW422', NULL, 'a key that is not returned');
SELECT throws_ok($$SELECT pg_temp.define('SELECT time_bucket(''1 hour'', at + ''1 s''::interval) AS h FROM t.event GROUP BY 1')$$, 'MW422', NULL, 'bucket of an expression');
SELECT throws_ok($$SELECT pg_temp.define('SELECT time_bucket(''1 hour'', a.at) AS h FROM t.event a JOIN t.event b ON a.at = b.at GROUP BY 1')$$, 'MW422', NULL, 'the source twice');
SELECT throws_ok($$SELECT pg_temp.define('SELECT DISTINCT time_bucket(''1 hour'', at) AS h FROM t.event GROUP BY 1')$$, 'MW422', NULL, 'DISTINCT');
SELECT throws_ok($$SELECT pg_temp.define('SELECT time_bucket(''1 hour'', at) AS h FROM t.event GROUP BY 1 HAVING count(*) > 1')$$, 'MW422', NULL, 'HAVING');
SELECT throws_ok($$SELECT pg_temp.define('SELECT time_bucket(''1 hour'', now()) AS h FROM generate_series(1, 2) GROUP BY 1')$$, 'MW422', NULL, 'no hypertable');
SELECT is((SELECT count(*) FROM pg_class WHERE relnamespace = 'compat'::regnamespace AND relname LIKE 't\_%'), 0::bigint, 'a refused definition leaves nothing');

-- WHERE, alias, several keys, quoted names, local days, column names beside the view's
CREATE TABLE t.place (name text PRIMARY KEY, region text);
INSERT INTO t.place VALUES ('a', 'north'), ('b', 'south'), ('c', 'south');
SELECT lives_ok($$SELECT pg_temp.define('SELECT time_bucket(''1 day'', e.at, ''Asia/Seoul'') AS "local day", p.region, e."odd Name", count(*) AS n, sum(e.v) AS total, max(CASE WHEN e.v > 3 THEN 1 END) AS high
    FROM t.event AS e JOIN t.place AS p ON p.name = e.place WHERE e.v IS NOT NULL AND (e.v > 0 OR e.place = ''a, b'') GROUP BY 1, p.region, e."odd Name"')$$, 'an elaborate one');
SELECT lives_ok($$SELECT pg_temp.define('SELECT time_bucket(''1 month'', "local day") AS month, region, sum(n) AS n, sum(total) AS total FROM t.cagg GROUP BY 1, 2', name => 't.month')$$, 'months of it');
SELECT lives_ok($$SELECT pg_temp.define('SELECT time_bucket(''5 minutes'', at) AS b, count(*) AS n FROM t.event GROUP BY 1', 'timescaledb.continuous', 't.done')$$, 'one that is not real-time');
SELECT is((SELECT granule FROM compat.source WHERE relation = 't.event'::regclass), INTERVAL '5 minutes', 'the narrowest bucket sets the granule');
SELECT throws_ok($$SELECT pg_temp.define('SELECT time_bucket(''1 hour'', at) AS h FROM t.event GROUP BY 1')$$, '42P07', NULL, 'a name that is taken');
SELECT lives_ok($$SELECT compat.create_continuous_aggregate('create materialized view if not exists t.cagg with (timescaledb.continuous) as select 1 with no data')$$, 'IF NOT EXISTS passes it over');
CREATE FUNCTION pg_temp.wrong() RETURNS text LANGUAGE sql AS $$
    SELECT format('%s %s %s',
        (SELECT count(*) FROM (SELECT time_bucket('1 day', e.at, 'Asia/Seoul') AS "local day", region, "odd Name", count(*) AS n FROM t.event e JOIN t.place ON name = place
            WHERE v IS NOT NULL AND (v > 0 OR place = 'a, b') GROUP BY 1, 2, 3) AS p FULL JOIN t.cagg AS c USING ("local day", region, "odd Name") WHERE p.n IS DISTINCT FROM c.n),
        (SELECT count(*) FROM (SELECT time_bucket('1 month', "local day") AS month, region, sum(n) AS n FROM t.cagg GROUP BY 1, 2) AS p FULL JOIN t.month AS c USING (month, region) WHERE p.n IS DISTINCT FROM c.n),
        (SELECT count(*) FROM (SELECT time_bucket('5 minutes', at) AS b, count(*) AS n FROM t.event GROUP BY 1) AS p FULL JOIN t.done AS c USING (b) WHERE p.n IS DISTINCT FROM c.n))
$$;
SELECT setseed(0.1) \g /dev/null
INSERT INTO t.event SELECT '2025-11-15+00'::timestamptz + random() * INTERVAL '100 days', (ARRAY['a', 'b', 'c'])[1 + floor(random() * 3)], floor(random() * 2), random() * 6 - 1 FROM generate_series(1, 3000);
SELECT isnt(split_part(pg_temp.wrong(), ' ', 3), '0', 'materialized_only shows nothing unfinished');
CALL refresh_continuous_aggregate('t.done', NULL, NULL);
SELECT is(pg_temp.wrong(), '0 0 0', 'they agree');
CALL refresh_continuous_aggregate('t.cagg', NULL, '2026-02-01');
CALL refresh_continuous_aggregate('t.month', NULL, '2026-02-01');
SELECT is(pg_temp.wrong(), '0 0 0', 'they agree after refreshes');
SELECT ok((SELECT watermark BETWEEN '2026-01-01' AND '2026-02-01' FROM compat.continuous_aggregate WHERE view_name = 'month'), 'months are finished as far as days are');
UPDATE t.event SET v = 7 WHERE at BETWEEN '2025-12-10' AND '2025-12-20';
DELETE FROM t.event WHERE at BETWEEN '2025-12-05' AND '2025-12-07';
-- as on any hypertable, a row can move within its chunk
UPDATE t.event SET at = at + INTERVAL '2 days' WHERE at BETWEEN '2026-01-10' AND '2026-01-11';
SELECT set_eq($$SELECT view_name FROM compat.invalidation JOIN compat.continuous_aggregate USING (continuous_aggregate_id) WHERE NOT upper_inf(period)$$, ARRAY['cagg', 'done'], 'changes are noted for both readers');
SELECT ok((SELECT sum(upper(period) - lower(period)) < INTERVAL '3 days' FROM compat.invalidation JOIN compat.continuous_aggregate USING (continuous_aggregate_id)
    WHERE view_name = 'done' AND NOT upper_inf(period)), 'as the buckets that changed, not all between');
CALL refresh_continuous_aggregate('t.done', NULL, NULL);
CALL refresh_continuous_aggregate('t.cagg', NULL, NULL);
CALL refresh_continuous_aggregate('t.month', NULL, NULL);
SELECT is(pg_temp.wrong(), '0 0 0', 'they agree after changes');
SELECT is((SELECT count(*) FROM compat.invalidation WHERE NOT upper_inf(period)), 0::bigint, 'and no note is left');

-- only invalidated buckets are computed: others keep a mark that was made by hand
UPDATE compat.t_done SET n = -1 WHERE b < '2025-12-01';
INSERT INTO t.event VALUES ('2025-12-24 12:00+00', 'a', 1, 1);
CALL refresh_continuous_aggregate('t.done', NULL, NULL);
SELECT ok((SELECT bool_and(n = -1) FROM t.done WHERE b < '2025-12-01'), 'a refresh leaves valid buckets alone');
CALL refresh_continuous_aggregate('t.done', NULL, NULL, force => true);
SELECT is(split_part(pg_temp.wrong(), ' ', 3), '0', 'unless it is forced');

SELECT throws_ok($$CALL refresh_continuous_aggregate('t.event', NULL, NULL)$$, 'MW404', NULL, 'a table is no aggregate');
SELECT throws_ok($$CALL refresh_continuous_aggregate('t.done', '2026-01-02'::timestamptz, '2026-01-01'::timestamptz)$$, 'MW422', NULL, 'an empty window');

-- policies run as jobs
SELECT add_continuous_aggregate_policy('t.done', NULL, INTERVAL '5 minutes', INTERVAL '1 hour') AS job \gset
SELECT is(add_continuous_aggregate_policy('t.done', NULL, INTERVAL '5 minutes', INTERVAL '1 hour', if_not_exists => true), -1, 'if_not_exists');
SELECT throws_ok($$SELECT add_continuous_aggregate_policy('t.cagg', INTERVAL '1 day', INTERVAL '1 hour', INTERVAL '1 hour')$$, '22023', NULL, 'a window of less than two buckets');
INSERT INTO t.event VALUES ('2025-12-24 13:00+00', 'a', 1, 1), (now() - INTERVAL '1 hour', 'b', 1, 1);
CALL ops.run_due_jobs() \g /dev/null
UPDATE ops.job SET next_start = now() WHERE job_id = :job;
CALL ops.run_due_jobs() \g /dev/null
SELECT is(split_part(pg_temp.wrong(), ' ', 3), '0', 'the second run of a policy has taken in all that was there at the first');
SELECT is((SELECT (total_runs, total_failures, last_run_status) FROM ops.timescale_job WHERE job_id = :job), (2::bigint, 0::bigint, 'Success'::text), 'its runs are shown');

-- retention of an aggregate, and its guard
SELECT add_retention_policy('t.event', INTERVAL '10 days') AS retention \gset
SELECT throws_ok(format('CALL run_job(%s)', :retention), 'MW409', NULL, 'chunks that an aggregate has not taken in are not dropped');
SELECT lives_ok($$SELECT remove_retention_policy('t.event')$$, 'a policy is removed');
SELECT throws_ok($$SELECT remove_retention_policy('t.event')$$, 'MW404', NULL, 'once');
SELECT throws_ok($$SELECT add_retention_policy('t.event')$$, 'MW422', NULL, 'drop_after is needed');

-- plain jobs
CREATE FUNCTION t.check_config(config jsonb) RETURNS void LANGUAGE plpgsql AS $$ BEGIN IF config ->> 'bad' IS NOT NULL THEN RAISE EXCEPTION 'bad config'; END IF; END $$;
CREATE PROCEDURE t.work(job_id int, config jsonb) LANGUAGE sql AS $$ INSERT INTO t.event VALUES (now(), config ->> 'place', job_id, 0) $$;
SELECT throws_ok($$SELECT add_job('t.work', INTERVAL '1 hour', config => '{"bad": 1}', check_config => 't.check_config'::regproc)$$, 'P0001', 'bad config', 'check_config is asked');
SELECT add_job('t.work', INTERVAL '1 hour', config => '{"place": "job"}') AS job \gset
CALL run_job(:job);
SELECT is((SELECT "odd Name" FROM t.event WHERE place = 'job'), :job, 'run_job runs it');
SELECT is((SELECT scheduled FROM alter_job(:job, scheduled => false, schedule_interval => INTERVAL '2 hours')), false, 'alter_job changes it');
SELECT is((SELECT schedule_interval FROM compat.jobs WHERE job_id = :job), INTERVAL '2 hours', 'and only what it names');
SELECT throws_ok($$SELECT alter_job(1, scheduled => false)$$, 'MW404', NULL, 'a job that is not there');
SELECT lives_ok(format('SELECT delete_job(%s)', :job), 'delete_job');
SELECT throws_ok(format('SELECT delete_job(%s)', :job), 'MW404', NULL, 'once');

-- not available, and said so
SELECT is(add_compression_policy('t.event', INTERVAL '7 days'), -1, 'compression: a notice');
SELECT lives_ok($$CALL add_columnstore_policy('t.event', after => INTERVAL '7 days')$$, 'columnstore: a notice');

-- dropping
SELECT throws_ok($$SELECT drop_continuous_aggregate('t.cagg')$$, '2BP01', NULL, 'not while another reads it');
SELECT drop_continuous_aggregate('t.month'), drop_continuous_aggregate('t.cagg'), drop_continuous_aggregate('t.done') \g /dev/null
SELECT is((SELECT count(*) FROM pg_trigger WHERE tgrelid = 't.event'::regclass AND tgname LIKE 'compat%')
    + (SELECT count(*) FROM pg_class WHERE relnamespace = 'compat'::regnamespace AND relname LIKE 't\_%')
    + (SELECT count(*) FROM ops.job WHERE name LIKE '% t.%')
    + (SELECT count(*) FROM compat.source WHERE relation = 't.event'::regclass)
    + (SELECT count(*) FROM compat.continuous_aggregate WHERE view_schema = 't'), 0::bigint, 'it leaves nothing behind');
SELECT * FROM finish();
\else
SELECT plan(1);
SELECT skip('sql/compat is for the Apache edition', 1);
SELECT * FROM finish();
\endif
