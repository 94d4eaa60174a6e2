-- Aggregates outlive the raw rows that retention drops. Both editions.
SET search_path = compat, public;
SET client_min_messages = warning;
SELECT no_plan();

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

-- every level by itself: raw 30 days, minutes a year, hours five, days for ever
SELECT throws_ok($$SELECT ops.set_retention('40 days', '30 days', NULL)$$, 'MW422', NULL, 'minutes shorter than readings');
SELECT throws_ok($$SELECT ops.set_retention(NULL, '1 year', NULL)$$, 'MW422', NULL, 'readings for ever, minutes not');
SELECT throws_ok($$SELECT ops.set_retention('10 days', '2 years', '1 year')$$, 'MW422', NULL, 'hours shorter than minutes');
SELECT throws_ok($$SELECT ops.set_retention('10 days', '20 days', NULL)$$, 'MW422', NULL, 'minutes too short');
SELECT lives_ok($$SELECT ops.set_retention()$$, 'as recommended');
SELECT is((SELECT jsonb_object_agg(name, value) FROM ops.setting WHERE name IN ('telemetry.raw_retention', 'rollup.minute_retention', 'rollup.hour_retention')),
    '{"telemetry.raw_retention": "30 days", "rollup.minute_retention": "1 year", "rollup.hour_retention": "5 years"}', 'the settings say so');
SELECT throws_ok($$SELECT ops.set_raw_retention(NULL)$$, 'MW422', NULL, 'then readings cannot be for ever');
SELECT is((SELECT array_agg(relation_name || ' ' || coalesce(config ->> 'start_offset', '-') ORDER BY relation_name) FROM ops.timescale_job WHERE proc_name LIKE 'policy_refresh%'
    AND relation_name LIKE 'reading%'), '{"reading_1h 1 year -10 days","reading_1m 29 days"}', 'refreshes stop short of what is dropped');

TRUNCATE telemetry.reading;
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
CREATE PROCEDURE pg_temp.refresh_days() LANGUAGE plpgsql AS $$ BEGIN WHILE rollup.refresh() > 0 LOOP NULL; END LOOP; END $$;
CALL pg_temp.refresh_days();
SELECT is((SELECT count(*) FROM rollup.reading_1d), 0::bigint, 'TRUNCATE empties the days, too');
INSERT INTO telemetry.reading (time, value, sensor_id)
SELECT date_trunc('day', now()) - d * INTERVAL '1 day' + h * INTERVAL '1 hour', d + h, s
FROM generate_series(0, 2600, 13) AS d, generate_series(0, 23) AS h, generate_series(1, 2) AS s
WHERE date_trunc('day', now()) - d * INTERVAL '1 day' + h * INTERVAL '1 hour' < now();
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
SELECT throws_ok($$SELECT rollup.drop_hours()$$, 'MW409', NULL, 'no hour is dropped that is in no day yet');
CALL pg_temp.refresh_days();
SELECT count(*) AS rows FROM telemetry.reading \gset
CREATE TEMP TABLE day_before AS SELECT * FROM rollup.reading_1d;
SELECT is((SELECT sum(count) FROM day_before), :rows::numeric, 'all are in the days');
SELECT format('CALL run_job(%s)', job_id) FROM ops.timescale_job WHERE proc_name = 'policy_retention' ORDER BY relation_name DESC \gexec
SELECT isnt(rollup.drop_hours(), 0, 'hours are dropped');
SELECT ok((SELECT min(time) BETWEEN now() - INTERVAL '32 days' AND now() - INTERVAL '13 days' FROM telemetry.reading), 'readings of a month');
SELECT ok((SELECT min(bucket) BETWEEN now() - INTERVAL '1 year' - INTERVAL '30 days' AND now() - INTERVAL '350 days' FROM rollup.reading_1m), 'minutes of a year');
SELECT ok((SELECT min(bucket) BETWEEN now() - INTERVAL '5 years' - INTERVAL '200 days' AND now() - INTERVAL '5 years' + INTERVAL '20 days' FROM rollup.reading_1h), 'hours of five years');
CALL pg_temp.refresh_days();
SELECT set_eq('SELECT * FROM rollup.reading_1d', 'SELECT * FROM day_before', 'and all days');

-- rows that come late, for each of the levels, change no day that cannot be worked out any more
INSERT INTO telemetry.reading (time, value, sensor_id)
SELECT date_trunc('day', now()) - d * INTERVAL '1 day' + INTERVAL '5 hours 1 second', -1e6, s FROM unnest('{2600,2587,1300,390,65,52}'::int[]) AS d, generate_series(1, 2) AS s;
SELECT format('CALL run_job(%s)', job_id) FROM ops.timescale_job WHERE proc_name LIKE 'policy_refresh%' ORDER BY relation_name DESC \gexec
SELECT format('CALL run_job(%s)', job_id) FROM ops.timescale_job WHERE proc_name LIKE 'policy_refresh%' ORDER BY relation_name DESC \gexec
CALL pg_temp.refresh_days();
SELECT set_eq('SELECT * FROM rollup.reading_1d', 'SELECT * FROM day_before', 'late rows of dropped times change no day');
SELECT is((SELECT count(*) FROM rollup.reading_1h WHERE min < -1e5) + (SELECT count(*) FROM rollup.reading_1m WHERE min < -1e5), 0::bigint, 'nor an hour or a minute');
INSERT INTO telemetry.reading (time, value, sensor_id) VALUES (date_trunc('day', now()) - INTERVAL '13 days' + INTERVAL '1 second', -1e6, 1);
SELECT format('CALL run_job(%s)', job_id) FROM ops.timescale_job WHERE proc_name LIKE 'policy_refresh%' ORDER BY relation_name DESC \gexec
SELECT format('CALL run_job(%s)', job_id) FROM ops.timescale_job WHERE proc_name LIKE 'policy_refresh%' ORDER BY relation_name DESC \gexec
CALL pg_temp.refresh_days();
SELECT is((SELECT sum(count) FROM rollup.reading_1d), :rows::numeric + 1, 'one of a time that is kept counts in its day');

-- another zone: what has hours moves, the rest stays, and nothing is in two days or in none
SELECT ops.set_setting('plant.time_zone', '"Asia/Kolkata"');
CALL pg_temp.refresh_days();
SELECT is((SELECT sum(count) FROM rollup.reading_1d), :rows::numeric + 1, 'after a change of zone all are in one day');
SELECT is((SELECT count(*) FROM rollup.reading_1d AS a JOIN rollup.reading_1d AS b ON a.sensor_id = b.sensor_id AND a.bucket < b.bucket AND a.bucket_end > b.bucket), 0::bigint,
    'days do not overlap');
SELECT isnt((SELECT count(*) FROM rollup.reading_1d WHERE (bucket AT TIME ZONE 'Asia/Kolkata')::time = '00:00'), 0::bigint, 'new days are of the new zone');
SELECT isnt((SELECT count(*) FROM rollup.reading_1d WHERE (bucket AT TIME ZONE 'UTC')::time = '00:00'), 0::bigint, 'and those without hours of the old one');
SELECT ops.set_setting('plant.time_zone', '"UTC"');
CALL pg_temp.refresh_days();
SELECT is((SELECT sum(count) FROM rollup.reading_1d), :rows::numeric + 1, 'and back');

-- drop_chunks by hand, which no policy knows of: a late row must not turn the 60 that were counted into 1. On Community that is how
-- drop_chunks works there (docs/editions.md).
SELECT ops.set_retention(NULL, NULL, NULL);
SELECT ops.edition() = 'apache' AS apache \gset
\if :apache
TRUNCATE telemetry.reading;
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
CALL pg_temp.refresh_days();
-- four days of a reading a second for a minute each, in two zones of chunks: the year 2010 too, where an import may have made them
INSERT INTO telemetry.reading (time, value, sensor_id)
SELECT d + s * INTERVAL '1 second', s, 3 FROM unnest(ARRAY[date_trunc('day', now()) - INTERVAL '20 days', date_trunc('day', now()) - INTERVAL '19 days',
    date_trunc('day', now()) - INTERVAL '18 days', '2010-06-01 00:00+00'::timestamptz]) AS d, generate_series(0, 59) AS s;
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
CALL pg_temp.refresh_days();
SELECT public.drop_chunks('telemetry.reading', older_than => date_trunc('day', now()) - INTERVAL '18 days') \g /dev/null
-- at once, before anything could notice: into what was dropped, into a new minute of it, into what is left, and where nothing ever was
INSERT INTO telemetry.reading (time, value, sensor_id)
SELECT t + INTERVAL '0.5 seconds', 7, 3 FROM unnest(ARRAY[date_trunc('day', now()) - INTERVAL '20 days', date_trunc('day', now()) - INTERVAL '19 days' + INTERVAL '10 minutes',
    date_trunc('day', now()) - INTERVAL '18 days', '2010-06-01 00:00+00'::timestamptz, '2011-06-01 00:00+00'::timestamptz]) AS t;
SELECT is(telemetry.rollup_pending('1m', '2011-01-01', '2012-01-01'), '{["2011-06-01 00:00+00","2011-06-01 00:01+00")}'::tstzmultirange, 'what is pending is what will be computed');
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
CALL pg_temp.refresh_days();
SELECT is((SELECT array_agg(count ORDER BY bucket) FROM rollup.reading_1m WHERE sensor_id = 3), '{60,1,60,60,61}', 'minutes after a drop by hand and late rows');
SELECT is((SELECT array_agg(count ORDER BY bucket) FROM rollup.reading_1h WHERE sensor_id = 3), '{60,1,60,60,61}', 'hours');
SELECT is((SELECT array_agg(count ORDER BY bucket) FROM rollup.reading_1d WHERE sensor_id = 3), '{60,1,60,60,61}', 'days');
SELECT is((SELECT array_agg(count ORDER BY bucket) FROM rollup.sketch_1h WHERE sensor_id = 3), '{60,1,60,60,61}', 'sketches');
-- again, and with a refresh that is told to compute everything
SELECT public.drop_chunks('telemetry.reading', older_than => date_trunc('day', now()) - INTERVAL '18 days') \g /dev/null
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL, force => true);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL, force => true);
CALL pg_temp.refresh_days();
SELECT is((SELECT array_agg(count ORDER BY bucket) FROM rollup.reading_1h WHERE sensor_id = 3), '{60,1,60,60,61}', 'hours after the next drop, everything computed again');
-- minutes dropped by hand: the hours stay
SELECT public.drop_chunks(rollup.finished('reading_1m'), older_than => now() - INTERVAL '1 year') \g /dev/null
INSERT INTO telemetry.reading (time, value, sensor_id) VALUES ('2011-06-01 00:00:07+00', 7, 3), ('2011-06-01 01:00:07+00', 7, 3);
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
CALL pg_temp.refresh_days();
SELECT is((SELECT array_agg(count ORDER BY bucket) FROM rollup.reading_1h WHERE sensor_id = 3), '{60,1,60,60,61}', 'hours after minutes were dropped');
-- TRUNCATE forgets all that
TRUNCATE telemetry.reading;
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
INSERT INTO telemetry.reading (time, value, sensor_id) VALUES (date_trunc('day', now()) - INTERVAL '20 days', 7, 3);
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
SELECT is((SELECT sum(count) FROM rollup.reading_1m WHERE sensor_id = 3), 1::numeric, 'after TRUNCATE the same time counts anew');
\endif
SELECT * FROM finish();
