-- Settings and jobs. CALL ops.run_due_jobs() commits, so this file does not run inside one transaction.
SET search_path = compat, public;
SET client_min_messages = warning;
SELECT plan(48);

SELECT ok(ops.edition() IN ('apache', 'community'), 'the edition is known');

INSERT INTO ops.setting (name, value, description, unit) VALUES
    ('test.count', '7', 'x', 'rows'), ('test.word', '"abc"', 'x', NULL), ('test.span', '"90 seconds"', 'x', 'interval'),
    ('test.flag', 'true', 'x', NULL), ('test.ratio', '0.25', 'x', NULL), ('test.nothing', 'null', 'x', NULL);
SELECT is(ops.setting_int('test.count'), 7, 'an integer setting');
SELECT is(ops.setting_text('test.word'), 'abc', 'a text setting');
SELECT is(ops.setting_interval('test.span'), INTERVAL '1 minute 30 seconds', 'an interval setting');
SELECT is(ops.setting_bool('test.flag'), true, 'a boolean setting');
SELECT is(ops.setting_float('test.ratio'), 0.25::float8, 'a number');
SELECT is(ops.setting_int('test.nothing'), NULL, 'null is NULL');
SELECT throws_ok($$SELECT ops.setting_int('test.absent')$$, 'MW404', NULL, 'a setting that is not there');
SELECT lives_ok($$SELECT ops.set_setting('test.count', '8', 'somebody')$$, 'a setting is changed');
SELECT is((SELECT value::text || ' ' || updated_by FROM ops.setting WHERE name = 'test.count'), '8 somebody', 'with who did it');
SELECT throws_ok($$SELECT ops.set_setting('test.count', '"8"')$$, 'MW422', NULL, 'not to another type');
SELECT throws_ok($$SELECT ops.set_setting('test.span', '"soon"')$$, 'MW422', NULL, 'not to what is no interval');
SELECT throws_ok($$SELECT ops.set_setting('test.flag', '[1]')$$, 'MW422', NULL, 'not to an array');
SELECT throws_ok($$SELECT ops.set_setting('test.absent', '1')$$, 'MW404', NULL, 'not one that is not there');
SELECT throws_ok($$INSERT INTO ops.setting (name, value, description) VALUES ('Test', '1', 'x')$$, '23514', NULL, 'names are area.what');

UPDATE ops.job SET enabled = false;
CREATE TABLE public.trace (what text);
-- jobs run as the owner of the product's objects
GRANT ALL ON public.trace TO millwright;
CREATE FUNCTION public.job_counts() RETURNS int LANGUAGE sql AS $$ INSERT INTO public.trace VALUES ('counts'); SELECT 42 $$;
CREATE FUNCTION public.job_config(config jsonb) RETURNS void LANGUAGE sql AS $$ INSERT INTO public.trace VALUES ('config ' || (config ->> 'a')) $$;
CREATE PROCEDURE public.job_full(job_id integer, config jsonb) LANGUAGE sql AS $$ INSERT INTO public.trace VALUES ('full ' || (config ->> 'a') || ' ' || (job_id > 0)) $$;
CREATE FUNCTION public.job_fails() RETURNS void LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.trace VALUES ('fails'); RAISE EXCEPTION 'no luck' USING ERRCODE = 'MW503', DETAIL = 'why'; END $$;
CREATE PROCEDURE public.job_commits() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;
INSERT INTO ops.job (name, procedure, schedule, config, next_start, fixed_schedule) VALUES
    ('counts', 'public.job_counts', '1 hour', NULL, now() - INTERVAL '10 seconds', false),
    ('fails', 'public.job_fails', '1 hour', NULL, now() - INTERVAL '9 seconds', false),
    ('config', 'public.job_config', '1 hour', '{"a": "it''s"}', now() - INTERVAL '8 seconds', false),
    ('full', 'public.job_full', '1 hour', '{"a": 2}', now() - INTERVAL '7 seconds', true),
    ('commits', 'public.job_commits', '1 hour', NULL, now() - INTERVAL '6 seconds', false),
    ('absent', 'public.job_absent', '1 hour', NULL, now() - INTERVAL '5 seconds', false),
    ('often', 'public.job_counts', '1 second', NULL, now() - INTERVAL '4 seconds', false),
    ('disabled', 'public.job_counts', '1 hour', NULL, now(), false),
    ('later', 'public.job_counts', '1 hour', NULL, now() + INTERVAL '1 hour', false);
UPDATE ops.job SET enabled = false WHERE name = 'disabled';
CALL ops.run_due_jobs() \gset
SELECT is(:executed, 7, 'what is due runs, failures included');
SELECT results_eq('SELECT what FROM trace ORDER BY what', ARRAY['config it''s', 'counts', 'counts', 'full 2 true'], 'each kind of routine; a failed one leaves nothing');
SELECT is((SELECT result FROM ops.job_run JOIN ops.job USING (job_id) WHERE name = 'counts'), '42', 'what a function returned is kept');
SELECT is((SELECT (failures, total_failures, last_success IS NULL, running_since IS NULL) FROM ops.job WHERE name = 'fails'), (1, 1::bigint, true, true), 'a failure is counted');
SELECT is((SELECT last_error FROM ops.job WHERE name = 'fails'), 'MW503: no luck', 'with its error');
SELECT is((SELECT sqlstate || ' ' || error FROM ops.job_run JOIN ops.job USING (job_id) WHERE name = 'fails'), E'MW503 no luck\nwhy', 'in the history with its detail');
SELECT ok((SELECT next_start BETWEEN now() AND now() + INTERVAL '11 seconds' FROM ops.job WHERE name = 'fails'), 'it is tried again after retry_period');
SELECT matches((SELECT last_error FROM ops.job WHERE name = 'commits'), '^2D000: .* must not commit', 'a routine that commits is told so');
SELECT matches((SELECT last_error FROM ops.job WHERE name = 'absent'), '^MW404: ', 'so is one that is not there');
SELECT ok((SELECT next_start BETWEEN now() + INTERVAL '59 minutes' AND now() + INTERVAL '61 minutes' FROM ops.job WHERE name = 'counts'), 'a success keeps the schedule');
SELECT ok((SELECT last_duration < INTERVAL '5 seconds' FROM ops.job WHERE name = 'counts'), 'the duration is kept');
SELECT is((SELECT count(*) FROM ops.job_run JOIN ops.job USING (job_id) WHERE name = 'often'), 0::bigint, 'frequent successes are not recorded');
SELECT is((SELECT total_runs FROM ops.job WHERE name = 'often'), 1::bigint, 'only counted');

UPDATE ops.job SET next_start = now(), failures = 3 WHERE name = 'fails';
CALL ops.run_due_jobs() \g /dev/null
SELECT ok((SELECT next_start BETWEEN now() + INTERVAL '79 seconds' AND now() + INTERVAL '81 seconds' FROM ops.job WHERE name = 'fails'), 'each failure doubles the pause');
SELECT is(ops.job_retry_delay('1 minute', '10 seconds', -1, 30), INTERVAL '1 hour', 'up to an hour');
SELECT is(ops.job_retry_delay('1 minute', '10 seconds', 2, 3), INTERVAL '1 minute', 'or until max_retries');

UPDATE ops.job_run SET started_at = now() - INTERVAL '31 days' WHERE succeeded;
SELECT ok(ops.purge_job_runs() >= 3, 'old history goes');
SELECT ok((SELECT bool_and(NOT succeeded) FROM ops.job_run), 'the rest stays');

-- too long a run, the caller having armed the timeout as thin does
CREATE FUNCTION public.job_long() RETURNS void LANGUAGE sql AS $$ INSERT INTO public.trace VALUES ('long'); SELECT pg_sleep(60) $$;
INSERT INTO ops.job (name, procedure, schedule, max_runtime) VALUES ('long', 'public.job_long', '1 hour', '200 milliseconds');
SELECT job_id AS long FROM ops.job WHERE name = 'long' \gset
UPDATE ops.job SET next_start = now() + INTERVAL '1 hour' WHERE job_id <> :long;
SELECT is(ops.claim_due_job(), :long, 'claimed');
SELECT is(set_config('statement_timeout', ops.job_timeout(:long), false), '200ms', 'its max_runtime as statement_timeout');
SELECT is(ops.execute_job(:long), false, 'a run that takes longer is cancelled, and the session lives');
RESET statement_timeout;
SELECT is((SELECT (failures, running_since, left(last_error, 5), (SELECT count(*) FROM public.trace WHERE what = 'long'))::text FROM ops.job WHERE job_id = :long), '(1,,57014,0)', 'booked as any other failure, and undone');
SELECT is(ops.job_timeout(-1), '0', 'no job, no limit');
-- a worker of frequent jobs takes no other, even when that is due longer; the general one takes any
UPDATE ops.job SET next_start = now() - INTERVAL '1 minute', running_since = NULL WHERE job_id = :long;
UPDATE ops.job SET next_start = now(), schedule = '10 seconds' WHERE name = 'often';
SELECT is(ops.claim_due_job(frequent => true), (SELECT job_id FROM ops.job WHERE name = 'often'), 'frequent jobs have a worker');
SELECT is(ops.claim_due_job(frequent => true), NULL, 'that takes no other');
SELECT is(ops.claim_due_job(), :long, 'the general worker takes any');
UPDATE ops.job SET running_since = NULL;
DELETE FROM ops.job WHERE job_id = :long;
UPDATE ops.job SET next_start = now() WHERE name = 'often';

-- room for locks
SELECT is((SELECT count(*) FROM ops.server_warnings()), CASE WHEN current_setting('max_locks_per_transaction')::integer >= 1024 THEN 0 ELSE 1 END::bigint,
    'the server has the locks that are promised, or it is said');
SELECT ops.set_setting('ops.locks_per_transaction', '1000000') \g /dev/null
SELECT ok(ops.health() #>> '{warnings,0}' LIKE 'max_locks_per_transaction is %', 'health says when it has less');
SELECT ops.set_setting('ops.locks_per_transaction', '10') \g /dev/null
SELECT ops.set_setting('ops.readers_of_everything', '1000000') \g /dev/null
INSERT INTO telemetry.reading (time, value, sensor_id) VALUES (now(), 1, 1);
SELECT ok(ops.health() #>> '{warnings,0}' LIKE 'telemetry.reading has %', 'and when the chunks have become too many for it');

-- who may
SELECT ok(has_function_privilege('thin', 'ops.run_due_jobs(integer, integer)', 'EXECUTE'), 'thin runs jobs');
SELECT ok(NOT has_function_privilege('viewer', 'ops.run_due_jobs(integer, integer)', 'EXECUTE'), 'a viewer does not');
SELECT pg_sleep(1.1) \g /dev/null
SET ROLE thin;
CALL ops.run_due_jobs() \gset
RESET ROLE;
SELECT ok(:executed > 0, 'thin may');
SELECT lives_ok('SET ROLE viewer; SELECT * FROM ops.timescale_job; SELECT * FROM ops.continuous_aggregate; RESET ROLE', 'a viewer reads the policies');
SELECT * FROM finish();
