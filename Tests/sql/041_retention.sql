-- Aggregates outlive the raw rows that retention drops. Both editions.
SET search_path = compat, public;
SET client_min_messages = warning;
SELECT plan(16);

SELECT throws_ok($$SELECT ops.set_raw_retention('1 hour')$$, 'MW422', NULL, 'too short');
SELECT lives_ok($$SELECT ops.set_raw_retention('10 days')$$, 'ten days');
SELECT is(ops.setting_interval('telemetry.raw_retention'), INTERVAL '10 days', 'the setting shows it');
SELECT is((SELECT count(*) FROM ops.timescale_job WHERE proc_name = 'policy_retention' AND relation_name = 'reading'), 1::bigint, 'there is a policy');
SELECT is((SELECT (config ->> 'start_offset')::interval FROM ops.timescale_job WHERE proc_name LIKE 'policy_refresh%' AND relation_name = 'reading_1m'),
    INTERVAL '9 days', 'the refresh stops short of it');
-- Run by hand below, so that nobody interferes. Not by alter_job: Community 2.23 refuses it for the policy of an aggregate over an
-- aggregate ("multiple refresh policies are not supported"), whatever is altered.
SELECT _timescaledb_functions.stop_background_workers() \g /dev/null

INSERT INTO telemetry.reading (time, value, sensor_id)
SELECT date_trunc('day', now()) - d * INTERVAL '1 day' + m * INTERVAL '10 minutes', d, 1 FROM generate_series(0, 40) AS d, generate_series(0, 143) AS m
WHERE date_trunc('day', now()) - d * INTERVAL '1 day' + m * INTERVAL '10 minutes' < now();
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
SELECT count(*) AS rows FROM telemetry.reading \gset
SELECT count(*) AS hours FROM rollup.reading_1h \gset

SELECT format('CALL run_job(%s)', job_id) FROM ops.timescale_job WHERE proc_name = 'policy_retention' \gexec
SELECT ok((SELECT min(time) BETWEEN now() - INTERVAL '12 days' AND now() - INTERVAL '10 days' FROM telemetry.reading), 'raw rows are gone, by whole days');
SELECT is((SELECT sum(count) FROM rollup.reading_1m), :rows::numeric, 'all minutes are still there');
SELECT is((SELECT sum(count) FROM rollup.reading_1h), :rows::numeric, 'so are the hours');

-- the policies' own refreshes leave them alone
SELECT format('CALL run_job(%s)', job_id) FROM ops.timescale_job WHERE proc_name LIKE 'policy_refresh%' ORDER BY relation_name DESC \gexec
SELECT format('CALL run_job(%s)', job_id) FROM ops.timescale_job WHERE proc_name LIKE 'policy_refresh%' ORDER BY relation_name DESC \gexec
SELECT is((SELECT sum(count) FROM rollup.reading_1m), :rows::numeric, 'minutes survive the next refresh');
SELECT is((SELECT count(*) FROM rollup.reading_1h), :hours::bigint, 'hours survive it');

-- late rows inside of what is kept are taken in as before
INSERT INTO telemetry.reading (time, value, sensor_id) VALUES (date_trunc('day', now()) - INTERVAL '2 days' + INTERVAL '1 second', 1, 1);
SELECT format('CALL run_job(%s)', job_id) FROM ops.timescale_job WHERE proc_name LIKE 'policy_refresh%' ORDER BY relation_name DESC \gexec
SELECT is((SELECT sum(count) FROM rollup.reading_1m), :rows::numeric + 1, 'a late row counts');
SELECT is((SELECT sum(count) FROM rollup.reading_1h), :rows::numeric + 1, 'in the hours too');

SELECT lives_ok($$SELECT ops.set_raw_retention(NULL)$$, 'for ever again');
SELECT is((SELECT count(*) FROM ops.timescale_job WHERE proc_name = 'policy_retention'), 0::bigint, 'then there is no policy');
SELECT is((SELECT config ->> 'start_offset' FROM ops.timescale_job WHERE proc_name LIKE 'policy_refresh%' AND relation_name = 'reading_1m'), NULL,
    'and the refresh reaches back to the beginning');
SELECT is(ops.setting_interval('telemetry.raw_retention'), NULL, 'the setting shows that too');
SELECT * FROM finish();
