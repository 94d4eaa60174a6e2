-- How Millwright itself fails is told: each condition raises, names its object, clears by itself, and is a row that a DBA changes.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
-- nothing runs jobs here
UPDATE ops.job SET next_start = now() + INTERVAL '1 day';
CREATE TABLE pg_temp.clock (at timestamptz);
INSERT INTO pg_temp.clock VALUES (now());
CREATE FUNCTION pg_temp.at() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT at FROM pg_temp.clock';
-- so many seconds later
CREATE FUNCTION pg_temp.later(seconds float8) RETURNS void LANGUAGE sql VOLATILE AS
    'UPDATE pg_temp.clock SET at = at + seconds * INTERVAL ''1 second''';
-- what stands of a condition, after a look at it
CREATE FUNCTION pg_temp.stands(condition text) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM alarm.judge_system(ARRAY[condition], pg_temp.at());
    RETURN (SELECT string_agg(concat_ws(' ', a.data ->> 'object', a.severity), ', ' ORDER BY a.code)
            FROM alarm.alarm AS a WHERE a.active AND a.data ->> 'condition' = stands.condition);
END $$;
CREATE FUNCTION pg_temp.told(condition text, language text DEFAULT 'en') RETURNS text LANGUAGE sql STABLE AS $$
    SELECT string_agg(concat_ws(' ', o.event, o.data -> 'message' ->> language), '; ' ORDER BY o.seq)
    FROM relay.outbox AS o WHERE o.kind = 'system' AND o.data -> 'data' ->> 'condition' = condition
$$;
CREATE FUNCTION pg_temp.refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;

-- the first look of a session may find everything switched off
UPDATE alarm.system_condition SET enabled = false;
SELECT is(alarm.judge_system(), 0, 'all of them switched off');
UPDATE alarm.system_condition SET enabled = true;
DELETE FROM alarm.system_run;

-- 1. The mechanism, with a plant's own condition: any number, any object
CREATE TABLE public.gauge (object text, value float8, detail jsonb);
CREATE SCHEMA site;
GRANT USAGE ON SCHEMA site TO millwright, engineer;
GRANT SELECT ON public.gauge TO millwright;
CREATE FUNCTION site.measure(c alarm.system_condition, "now" timestamptz) RETURNS TABLE (object text, value float8, detail jsonb)
    LANGUAGE sql STABLE AS 'SELECT g.object, 1 / (1 / g.value), g.detail FROM public.gauge AS g';
INSERT INTO alarm.system_condition (name, measure, high, high_high, deadband, severity, severity_high_high, on_delay, off_delay, description)
VALUES ('cooling', 'site.measure', 10, 20, 2, 'medium', 'critical', '30 seconds', '20 seconds', 'The server room is warm.');
SELECT is(pg_temp.stands('cooling'), NULL, 'nothing is measured: all is well');
INSERT INTO public.gauge VALUES ('room 1', 9), ('room 2', 10);
SELECT is(pg_temp.stands('cooling'), NULL, 'a limit that was reached waits for its delay');
SELECT is((SELECT string_agg(object || ' ' || level, ', ') FROM alarm.system_state WHERE condition = 'cooling'), 'room 2 high', 'and is to be seen');
SELECT pg_temp.later(29);
UPDATE public.gauge SET value = 9.9 WHERE object = 'room 2';
SELECT is(pg_temp.stands('cooling'), NULL, 'within the deadband it goes on waiting');
SELECT pg_temp.later(1);
SELECT is(pg_temp.stands('cooling'), 'room 2 medium', 'then it is an alarm, which names its object');
SELECT is(pg_temp.told('cooling'), 'raised System alarm cooling:room 2: ', 'a condition without a text of its own is told by its code');
INSERT INTO alarm.message_template VALUES ('cooling', 'en', '{object}: {value} beyond {limit}'), ('cooling:cleared', 'en', '{object} is cool');
UPDATE public.gauge SET value = 25 WHERE object = 'room 2';
SELECT is(pg_temp.stands('cooling'), 'room 2 critical', 'what gets worse is worse at once');
UPDATE public.gauge SET value = 19 WHERE object = 'room 2';
SELECT is(pg_temp.stands('cooling'), 'room 2 critical', 'the deadband of the outer limit holds, too');
UPDATE public.gauge SET value = 15 WHERE object = 'room 2';
SELECT is(pg_temp.stands('cooling'), 'room 2 medium', 'and better');
SELECT is(pg_temp.told('cooling'), 'raised System alarm cooling:room 2: ; severity_changed room 2: 25 beyond 20; severity_changed room 2: 15 beyond 10',
    'each is told once');
UPDATE public.gauge SET value = 7 WHERE object = 'room 2';
SELECT is(pg_temp.stands('cooling'), 'room 2 medium', 'it must stay back');
SELECT pg_temp.later(19);
SELECT is(pg_temp.stands('cooling'), 'room 2 medium', 'for the off-delay');
UPDATE public.gauge SET value = 11 WHERE object = 'room 2';
SELECT is(pg_temp.stands('cooling'), 'room 2 medium', 'a relapse');
SELECT pg_temp.later(5);
DELETE FROM public.gauge WHERE object = 'room 2';
SELECT is(pg_temp.stands('cooling'), 'room 2 medium', 'begins that anew');
SELECT pg_temp.later(20);
SELECT is(pg_temp.stands('cooling'), NULL, 'then it clears by itself, also where nothing speaks of it any more');
SELECT is((SELECT count(*) FROM alarm.system_state WHERE condition = 'cooling'), 0::bigint, 'and leaves nothing behind');
SELECT matches(pg_temp.told('cooling'), '; cleared room 2 is cool$', 'its end is told');

UPDATE alarm.system_condition SET high = 8, on_delay = '0', off_delay = '0', severity = 'low' WHERE name = 'cooling';
SELECT is(pg_temp.stands('cooling'), 'room 1 low', 'a DBA changes limit, delay and severity');
UPDATE alarm.system_condition SET severity = 'high' WHERE name = 'cooling';
SELECT is(pg_temp.stands('cooling'), 'room 1 high', 'also of what stands');
UPDATE alarm.system_condition SET enabled = false WHERE name = 'cooling';
SELECT is(pg_temp.stands('cooling'), NULL, 'what is switched off is over, without a delay');
INSERT INTO public.gauge VALUES ('room 3', 100);
SELECT is(pg_temp.stands('cooling'), NULL, 'and silent');
UPDATE alarm.system_condition SET enabled = true WHERE name = 'cooling';
SELECT is(pg_temp.stands('cooling'), 'room 1 high, room 3 critical', 'until it is switched on: each object is an alarm of its own');
SELECT is((SELECT count(*) FROM alarm.system_failure WHERE condition = 'cooling' AND alarm_id IS NOT NULL), 2::bigint, 'the view shows them');

INSERT INTO public.gauge VALUES ('room 4', 'NaN'), (NULL, NULL), ('room 1', 3), (NULL, 9);
SELECT is(pg_temp.stands('cooling'), ' high, room 1 high, room 3 critical', 'no value is none; of two the worse counts; no object is one, too');
SELECT is((SELECT string_agg(code, ', ' ORDER BY code) FROM alarm.alarm WHERE active AND code LIKE 'cooling%'), 'cooling, cooling:room 1, cooling:room 3', 'its code is the condition''s');
INSERT INTO public.gauge VALUES (repeat('long ', 100), 9), (repeat('long ', 99), 9);
SELECT is(array_length(string_to_array(pg_temp.stands('cooling'), ','), 1), 5, 'names without end are told apart');
SELECT is(pg_temp.stands('cooling') IS NOT NULL, true, 'and found again');
SELECT is((SELECT count(*) FROM alarm.alarm WHERE code LIKE 'cooling:long%'), 2::bigint, 'by their code');
UPDATE public.gauge SET value = 0 WHERE object LIKE 'long%';
-- a measurement that fails
SELECT alarm.judge_system('{cooling}', pg_temp.at()) \g /dev/null
SELECT matches((SELECT error FROM alarm.system_run WHERE condition = 'cooling'), '^22012', 'why it cannot be measured is to be seen');
SELECT is((SELECT count(*) FROM alarm.alarm WHERE active AND code LIKE 'cooling%'), 5::bigint, 'what stands stays');
SELECT is(pg_temp.stands('condition_fails'), 'cooling high', 'and that is told');
DELETE FROM public.gauge WHERE value = 0;
SELECT is(pg_temp.stands('cooling'), ' high, room 1 high, room 3 critical', 'it can be measured again');
SELECT is(pg_temp.stands('condition_fails'), NULL, 'and that is over');
DELETE FROM alarm.system_condition WHERE name = 'cooling';
SELECT is(pg_temp.stands('plant_silent'), NULL, 'a condition that is deleted');
SELECT is((SELECT count(*) FROM alarm.alarm WHERE active AND code LIKE 'cooling%'), 0::bigint, 'takes its alarms along');

-- what a row may be
SELECT is(pg_temp.refusal(format('UPDATE alarm.system_condition SET %s WHERE name = ''disk_full''', s)), e, s)
FROM (VALUES ('high = 0', 'MW422'), ('high = 96', 'MW422'), ('high = ''NaN''', 'MW422'), ('deadband = 85', 'MW422'), ('on_delay = ''-1 second''', 'MW422'),
    ('every = ''1 ms''', 'MW422'), ('severity = ''awful''', 'MW422'), ('period = ''0''', 'MW422'), ('measure = ''site.nothing''', 'MW422'), ('high = NULL', 'done'), ('high_high = NULL', 'done')) AS x (s, e);
SELECT is((SELECT count(*) FROM alarm.system_condition WHERE updated_by <> current_user), 0::bigint, 'who changed it is noted');
SET LOCAL ROLE engineer;
SELECT is(pg_temp.refusal('UPDATE alarm.system_condition SET high = 80 WHERE name = ''disk_full'''), 'done', 'an engineer changes limits');
SELECT is(pg_temp.refusal('UPDATE alarm.system_condition SET measure = ''site.measure'' WHERE name = ''disk_full'''), '42501', 'not what is measured');
SELECT is(pg_temp.refusal('INSERT INTO alarm.system_condition (name, measure, description) VALUES (''x'', ''site.measure'', ''x'')'), '42501', 'nor adds any');
SET LOCAL ROLE operator;
SELECT is(pg_temp.refusal('UPDATE alarm.system_condition SET high = 80'), '42501', 'an operator changes nothing');
RESET ROLE;
-- one that somebody below administrator could exchange is not called
GRANT CREATE ON SCHEMA public TO engineer;
SET LOCAL ROLE engineer;
CREATE FUNCTION public.theirs(c alarm.system_condition, "now" timestamptz) RETURNS TABLE (object text, value float8, detail jsonb) LANGUAGE sql AS 'SELECT ''x'', 100, NULL::jsonb';
RESET ROLE;
SELECT is(pg_temp.refusal('INSERT INTO alarm.system_condition (name, measure, high, description) VALUES (''theirs'', ''public.theirs'', 1, ''x'')'), 'MW422', 'an engineer''s function is none');
INSERT INTO alarm.system_condition (name, measure, high, description) VALUES ('ours', 'site.measure', 1, 'x');
CREATE FUNCTION site.other(c alarm.system_condition, "now" timestamptz) RETURNS TABLE (object text, value float8, detail jsonb) LANGUAGE sql AS 'SELECT ''x'', 100, NULL::jsonb';
UPDATE alarm.system_condition SET measure = 'site.other' WHERE name = 'ours';
ALTER FUNCTION site.other OWNER TO engineer;
SELECT is(pg_temp.stands('ours'), NULL, 'one that became an engineer''s later is not called');
SELECT matches((SELECT error FROM alarm.system_run WHERE condition = 'ours'), '^MW404', 'and why');
DELETE FROM alarm.system_condition WHERE name = 'ours';
DELETE FROM alarm.system_run WHERE condition = 'ours';

-- 2. Texts: each in every language, its end too; no English word in a Korean one
SELECT is((SELECT string_agg(k || ' ' || l.code, ', ') FROM alarm.system_condition AS c CROSS JOIN unnest(ARRAY[c.name, c.name || ':cleared']) AS k CROSS JOIN relay.language AS l
           WHERE NOT EXISTS (SELECT FROM alarm.message_template AS t WHERE t.condition = k AND t.language = l.code)), NULL, 'each condition has its texts');
SELECT is((SELECT string_agg(t.body, E'\n') FROM alarm.message_template AS t JOIN alarm.system_condition AS c ON c.name = split_part(t.condition, ':', 1)
           WHERE t.language = 'ko' AND regexp_replace(t.body, '\{[a-z]+\}|GB', '', 'g') ~ '[A-Za-z]'), NULL, 'no English word in a Korean text');

-- docs/alarms.md names each, and no other
\set written `sed -n '/^## When Millwright itself fails/,/^A limit/p' :'ROOT'/docs/alarms.md | cut -d '|' -f 2 | tr -dc 'a-z_\n' | tr '\n' ' '`
SELECT is((SELECT string_agg(c.name, ', ') FROM alarm.system_condition AS c WHERE c.name <> ALL (string_to_array(:'written', ' '))), NULL, 'the documentation has them all');

-- 3. What thin says of itself
CREATE FUNCTION pg_temp.beat(instance text, run text, connected boolean, more jsonb DEFAULT '{}') RETURNS void LANGUAGE sql VOLATILE AS $$
    SELECT ops.beat(instance, run, jsonb_build_object('version', '1', 'lanes', jsonb_build_array(jsonb_build_object(
        'lane', 'points', 'broker', 'broker:8884', 'connected', connected, 'error', CASE WHEN NOT connected THEN 'connection refused' END,
        'held_messages', 0, 'stalled', false, 'lag_seconds', 0, 'batches', 1, 'messages', 1) || more), 'volumes', '[]'::jsonb));
$$;
UPDATE pg_temp.clock SET at = clock_timestamp();
SELECT pg_temp.beat('a', 'run 1', true);
SELECT is(pg_temp.stands('broker_lost'), NULL, 'connected');
SELECT pg_temp.beat('a', 'run 1', false);
SELECT is(pg_temp.stands('broker_lost'), NULL, 'a moment without');
UPDATE ops.process_lane SET since = since - INTERVAL '29 seconds';
SELECT is(pg_temp.stands('broker_lost'), NULL, 'is none');
UPDATE ops.process_lane SET since = since - INTERVAL '2 seconds';
SELECT pg_temp.beat('a', 'run 1', false);
SELECT is(pg_temp.stands('broker_lost'), 'broker:8884 critical', 'half a minute is told, with the broker''s name');
SELECT is((SELECT jsonb_build_array(a.data -> 'lanes', a.data -> 'error') FROM alarm.alarm AS a WHERE a.code = 'broker_lost:broker:8884'), '[["a points"], "connection refused"]', 'and whose connection, and why');
SELECT matches(pg_temp.told('broker_lost'), '^raised No connection to the broker broker:8884 for 3\d s \(limit 30 s\)$', 'in English');
SELECT matches(pg_temp.told('broker_lost', 'ko'), '^raised 브로커 broker:8884 연결 끊김: 3\d초 \(한계 30초\)$', 'in Korean');
SELECT is((SELECT h ->> 'status' || ': ' || (h -> 'failures')::text FROM ops.health() AS h), 'degraded: {"broker_lost": ["broker:8884"]}', 'health reads the same row');
SELECT is((SELECT labels FROM ops.metrics() WHERE name = 'millwright_system_failure'), '{"condition": "broker_lost", "object": "broker:8884", "level": "high"}', 'and the metrics');
UPDATE alarm.system_condition SET high = 3600 WHERE name = 'broker_lost';
SELECT is(pg_temp.stands('broker_lost'), NULL, 'a DBA gives it an hour');
UPDATE alarm.system_condition SET high = 30 WHERE name = 'broker_lost';
SELECT is(pg_temp.stands('broker_lost'), 'broker:8884 critical', 'or not');
UPDATE ops.process SET beat_at = beat_at - INTERVAL '2 minutes' WHERE instance = 'a';
SELECT is(pg_temp.stands('broker_lost'), NULL, 'what a process said last before it fell silent says nothing of the broker');
SELECT pg_temp.beat('a', 'run 1', false);
SELECT is(pg_temp.stands('broker_lost'), 'broker:8884 critical', 'when it speaks again it counts');
SELECT pg_temp.beat('a', 'run 1', true);
SELECT is(pg_temp.stands('broker_lost'), NULL, 'connected again: it clears by itself');
SELECT matches(pg_temp.told('broker_lost'), 'cleared Connected to the broker broker:8884 again$', 'told');
-- of the kind: another broker, two processes at one, a topic that it refuses
SELECT pg_temp.beat('b', 'run 1', false, '{"broker": "other:1883"}'), pg_temp.beat('c', 'run 1', false, '{"broker": "other:1883"}');
UPDATE ops.process_lane SET since = since - INTERVAL '1 minute' WHERE broker = 'other:1883';
SELECT is(pg_temp.stands('broker_lost'), 'other:1883 critical', 'one broker that two processes miss is one alarm');
SELECT is((SELECT a.data -> 'lanes' FROM alarm.alarm AS a WHERE a.code = 'broker_lost:other:1883'), '["b points", "c points"]', 'that names both');
SELECT pg_temp.beat('b', 'run 1', true, '{"broker": "other:1883"}'), pg_temp.beat('c', 'run 1', true, '{"broker": "other:1883", "refusal": "factory/#"}');
SELECT is(pg_temp.stands('broker_lost'), NULL, 'over');
SELECT is(pg_temp.stands('broker_refuses'), NULL, 'a refusal of a moment');
SELECT pg_temp.later(11);
SELECT is(pg_temp.stands('broker_refuses'), 'other:1883 high', 'a topic that the broker refuses');
SELECT pg_temp.beat('c', 'run 1', true, '{"broker": "other:1883"}');
SELECT is(pg_temp.stands('broker_refuses'), NULL, 'until it does not');

-- a link that comes and goes is never away for long
SELECT pg_temp.beat('b', 'run 1', true, '{"broker": "other:1883", "reconnects": 4}');
SELECT is(pg_temp.stands('broker_unstable'), NULL, 'a few connections made anew');
SELECT pg_temp.beat('b', 'run 1', true, '{"broker": "other:1883", "reconnects": 4}'), pg_temp.beat('c', 'run 1', true, '{"broker": "other:1883", "reconnects": 3}');
SELECT is(pg_temp.stands('broker_unstable'), NULL, 'of several processes are no more');
SELECT pg_temp.beat('b', 'run 1', true, '{"broker": "other:1883", "reconnects": 1000}');
SELECT is(pg_temp.stands('broker_unstable'), 'other:1883 high', 'many are told');
SELECT is((SELECT data -> 'lanes' FROM alarm.alarm WHERE code = 'broker_unstable:other:1883'), '["b points", "c points"]', 'with whose they are');
SELECT pg_temp.beat('b', 'run 1', true, '{"broker": "other:1883", "reconnects": 0}');
UPDATE ops.process_lane SET losses = array_fill(clock_timestamp() - INTERVAL '11 minutes', ARRAY[100]) WHERE broker = 'other:1883';
SELECT is(pg_temp.stands('broker_unstable'), NULL, 'until it has been steady for a while');

UPDATE pg_temp.clock SET at = clock_timestamp();
-- ingest lag: a slow batch, a commit that hangs, commits that fail
SELECT pg_temp.beat('a', 'run 1', true, '{"batches": 2, "lag_seconds": 40}');
SELECT is(pg_temp.stands('ingest_lag'), NULL, 'one slow batch');
SELECT pg_temp.later(10);
SELECT is(pg_temp.stands('ingest_lag'), 'a points high', 'or a lag that stays, which names process and lane');
SELECT pg_temp.beat('a', 'run 1', true, '{"batches": 3, "lag_seconds": 1}');
SELECT is(pg_temp.stands('ingest_lag'), 'a points high', 'it must stay back');
SELECT pg_temp.later(30);
SELECT is(pg_temp.stands('ingest_lag'), NULL, 'for a while');
SELECT pg_temp.beat('a', 'run 1', true, '{"batches": 3, "lag_seconds": 1, "commit_seconds": 400}'), pg_temp.beat('b', 'run 1', true, '{"stalled": true, "error": "deadlock"}');
UPDATE ops.process_lane SET failing_since = failing_since - INTERVAL '2 minutes';
SELECT pg_temp.beat('b', 'run 1', true, '{"stalled": true, "error": "deadlock"}');
SELECT alarm.judge_system('{ingest_lag}', pg_temp.at()) \g /dev/null
SELECT pg_temp.later(10);
SELECT is(pg_temp.stands('ingest_lag'), 'a points critical, b points high', 'a commit that hangs, and commits that fail');
UPDATE alarm.system_condition SET enabled = false WHERE name = 'ingest_lag';
SELECT is(pg_temp.stands('ingest_lag'), NULL, 'switched off');


-- silence, and restarts that nobody ordered
CREATE FUNCTION pg_temp.ago(run text, seconds float8, which text DEFAULT 'a') RETURNS void LANGUAGE sql VOLATILE AS $$
    UPDATE ops.process SET beat_at = clock_timestamp() - seconds * INTERVAL '1 second', started_at = started_at - seconds * INTERVAL '1 second'
    WHERE instance = which AND run_id = run;
$$;
DELETE FROM ops.process WHERE instance IN ('b', 'c');
UPDATE pg_temp.clock SET at = clock_timestamp();
SELECT pg_temp.beat('a', 'run 1', true);
SELECT is(pg_temp.stands('thin_silent'), NULL, 'it is heard');
SELECT pg_temp.ago('run 1', 40);
SELECT is(pg_temp.stands('thin_silent'), NULL, 'the database was away itself: it waits for the next beat');
SELECT pg_temp.later(16);
SELECT is(pg_temp.stands('thin_silent'), 'a critical', 'a process that says nothing is named');
SELECT pg_temp.beat('a', 'run 1', true);
SELECT is(pg_temp.stands('thin_silent'), NULL, 'it is heard again');
SELECT is(pg_temp.stands('thin_restarted'), NULL, 'nobody restarted');
SELECT pg_temp.ago('run 1', 600);
SELECT pg_temp.beat('a', 'run 2', true);
SELECT is(pg_temp.stands('thin_silent'), NULL, 'its successor lives');
SELECT is(pg_temp.stands('thin_restarted'), 'a medium', 'but nobody told the first one to end');
SELECT ok(ops.end_process('a', 'run 2'), 'one that ends in an orderly way');
SELECT is(ops.end_process('a', 'run 2'), false, 'ends once');
SELECT pg_temp.ago('run 2', 300);
SELECT pg_temp.later(300);
SELECT is(pg_temp.stands('thin_silent'), NULL, 'is not missed');
SELECT pg_temp.beat('a', 'run 3', true);
SELECT is((SELECT value FROM alarm.system_state WHERE condition = 'thin_restarted'), 1::float8, 'nor is its successor a restart');
SELECT pg_temp.ago('run 3', 200);
SELECT pg_temp.beat('a', 'run 4', true);
SELECT pg_temp.ago('run 4', 100);
SELECT pg_temp.beat('a', 'run 5', true);
SELECT is(pg_temp.stands('thin_restarted'), 'a high', 'three crashes in an hour are worse');
SELECT pg_temp.later(3600);
SELECT is(pg_temp.stands('thin_restarted'), NULL, 'and an hour without any is enough');
-- a process that hands over lives on beside its successor for a moment
UPDATE pg_temp.clock SET at = clock_timestamp();
SELECT pg_temp.beat('d', 'run 1', true), pg_temp.beat('d', 'run 2', true);
SELECT is((SELECT count(*) FROM alarm.measure_thin_restarted((SELECT c FROM alarm.system_condition AS c WHERE name = 'thin_restarted'), clock_timestamp()) WHERE object = 'd'), 0::bigint, 'handing over is no restart');
SELECT pg_temp.ago('run 1', 100000, 'd'), pg_temp.ago('run 2', 90000, 'd');
SELECT is((SELECT string_agg(object, ',') FROM alarm.measure_thin_silent((SELECT c FROM alarm.system_condition AS c WHERE name = 'thin_silent'), clock_timestamp()) WHERE object = 'd'), NULL, 'one that is gone for good is forgotten after a day');
UPDATE ops.process SET beat_at = beat_at - INTERVAL '31 days' WHERE instance = 'd';
SELECT pg_temp.beat('d', 'run 3', true);
SELECT is((SELECT string_agg(run_id, ',') FROM ops.process WHERE instance = 'd'), 'run 3', 'and its runs after a month');
DELETE FROM ops.process WHERE instance = 'd';
SELECT throws_ok($$SELECT ops.beat('x', repeat('x', 65), '{}')$$, '23514', NULL, 'a run has a short name');
SELECT lives_ok($$SELECT ops.beat('x', 'x', '{}')$$, 'facts may be few');
SELECT lives_ok($$SELECT ops.beat('x', 'x', jsonb_build_object('lanes', jsonb_build_array(jsonb_build_object('lane', 'points', 'broker', repeat('b', 1000), 'connected', false, 'error', repeat('e', 100000)))))$$, 'or endless');

-- disks
UPDATE alarm.system_condition SET high = 85, high_high = 95 WHERE name = 'disk_full';
UPDATE pg_temp.clock SET at = clock_timestamp();
SELECT ops.beat('a', 'run 5', '{"volumes": [{"path": "/", "total_bytes": 1e12, "free_bytes": 5e11}, {"path": "/data", "total_bytes": 1e12, "free_bytes": 1.4e11}, {"path": "/odd", "total_bytes": 0, "free_bytes": 0}]}');
SELECT alarm.judge_system('{disk_full}', pg_temp.at()) \g /dev/null
SELECT pg_temp.later(30);
SELECT is(pg_temp.stands('disk_full'), 'a /data high', 'a disk that fills is told, with its path and process');
SELECT is(pg_temp.told('disk_full'), 'raised Disk a /data is 86 % full (limit 85 %)', 'and how full it is');
SELECT ops.beat('a', 'run 5', '{"volumes": [{"path": "/", "total_bytes": 1e12, "free_bytes": 5e11}, {"path": "/data", "total_bytes": 1e12, "free_bytes": 2e10}]}');
SELECT is(pg_temp.stands('disk_full'), 'a /data critical', 'nearly full is worse');
UPDATE alarm.system_condition SET high = 99, high_high = NULL WHERE name = 'disk_full';
SELECT is(pg_temp.stands('disk_full'), 'a /data high', 'a DBA''s limit, with its deadband');
SELECT ops.beat('a', 'run 5', '{"volumes": [{"path": "/data", "total_bytes": 1e12, "free_bytes": 4e10}]}');
SELECT is(pg_temp.stands('disk_full'), NULL, 'it clears by itself');
SELECT is(pg_temp.stands('database_size'), NULL, 'a database without a limit');
UPDATE alarm.system_condition SET high = 0.001 WHERE name = 'database_size';
SELECT is(pg_temp.stands('database_size'), current_database() || ' high', 'with one');
UPDATE alarm.system_condition SET high = 1000 WHERE name = 'database_size';
SELECT is(pg_temp.stands('database_size'), NULL, 'that is raised');

-- the server: connections, transaction ids
UPDATE alarm.system_condition SET high = 0.1, deadband = 0, on_delay = '0' WHERE name = 'connections_used';
SELECT is(pg_temp.stands('connections_used'), ' high', 'connections');
UPDATE alarm.system_condition SET high = 0.000001, high_high = 0.000002 WHERE name = 'transaction_ids';
SELECT alike(pg_temp.stands('transaction_ids'), '%' || current_database() || ' %', 'transaction ids name the database');
UPDATE alarm.system_condition SET enabled = false WHERE name IN ('connections_used', 'transaction_ids');
SELECT is(concat(pg_temp.stands('connections_used'), pg_temp.stands('transaction_ids')), '', 'switched off');

-- 4. Jobs
CREATE FUNCTION ops.raise_something() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE 'no room left'; END $$;
INSERT INTO ops.job (name, procedure, schedule) VALUES ('broken', 'ops.raise_something', '1 hour');
SELECT is(ops.execute_job(ops.claim_due_job()), false, 'a job fails');
UPDATE pg_temp.clock SET at = clock_timestamp();
SELECT is(pg_temp.stands('job_fails'), NULL, 'it may succeed when it is tried again');
SELECT pg_temp.later(60);
SELECT is(pg_temp.stands('job_fails'), 'broken high', 'or not: told with its name');
SELECT is((SELECT data ->> 'error' FROM alarm.alarm WHERE code = 'job_fails:broken'), 'P0001: no room left', 'and why');
UPDATE ops.job SET failures = 0 WHERE name = 'broken';
SELECT is(pg_temp.stands('job_fails'), NULL, 'it succeeds again');
UPDATE ops.job SET next_start = pg_temp.at() - INTERVAL '6 minutes' WHERE name = 'broken';
SELECT is(pg_temp.stands('job_late'), 'broken high', 'one that does not run');
UPDATE ops.job SET next_start = pg_temp.at() + INTERVAL '1 hour', running_since = pg_temp.at() - INTERVAL '11 minutes' WHERE name = 'broken';
SELECT is(pg_temp.stands('job_late'), 'broken high', 'or does not end');
UPDATE alarm.system_condition SET high = 600 WHERE name = 'job_late';
SELECT is(pg_temp.stands('job_late'), NULL, 'later than a DBA minds');
UPDATE alarm.system_condition SET high = 300 WHERE name = 'job_late';
UPDATE ops.job SET enabled = false WHERE name = 'broken';
SELECT is(pg_temp.stands('job_late'), NULL, 'a job that is switched off is nobody''s trouble');
UPDATE ops.job SET failures = 3, enabled = true, running_since = NULL WHERE name LIKE 'policy_refresh%' OR name = 'broken';
SELECT alarm.judge_system('{job_fails}', pg_temp.at()) \g /dev/null
SELECT pg_temp.later(60);
SELECT matches(pg_temp.stands('job_fails'), '^broken high.*', 'also a policy of an aggregate');

-- one that fails every other time never fails for a minute
INSERT INTO ops.job_run (job_id, started_at, finished_at, succeeded, error, worker)
SELECT j.job_id, pg_temp.at() - i * INTERVAL '1 minute', pg_temp.at(), i % 2 = 0, CASE WHEN i % 2 = 1 THEN 'now and then' END, 'w'
FROM ops.job AS j, generate_series(1, 19) AS i WHERE j.name = 'broken';
DELETE FROM ops.job_run AS r USING ops.job AS j WHERE j.job_id = r.job_id AND j.name = 'broken' AND r.error LIKE '%no room left%';
UPDATE ops.job SET failures = 0 WHERE name = 'broken';
SELECT is(pg_temp.stands('job_unsteady'), 'broken medium', 'a job that fails now and then');
SELECT is((SELECT data ->> 'error' FROM alarm.alarm WHERE code = 'job_unsteady:broken'), 'now and then', 'and why');
UPDATE alarm.system_condition SET period = '10 minutes' WHERE name = 'job_unsteady';
SELECT is(pg_temp.stands('job_unsteady'), NULL, 'is looked at over as long as a DBA says');

-- an aggregate that is not refreshed
INSERT INTO plant.equipment (id, name) VALUES ('m', 'm');
INSERT INTO plant.sensor (equipment_id, name, created_at) VALUES ('m', 's', now() - INTERVAL '1 hour');
UPDATE telemetry.latest SET time = now(), value = 1, received_at = now();
SELECT is(pg_temp.stands('aggregate_stale'), 'rollup.reading_1m high', 'an aggregate that is not refreshed');
UPDATE alarm.system_condition SET high = 86400 WHERE name = 'aggregate_stale';
SELECT is(pg_temp.stands('aggregate_stale'), NULL, 'may lag as long as a DBA says');
SELECT ok((SELECT bool_and(lag < allowed) FROM ops.aggregate_lag()), 'which is what ops.aggregate_lag says, too');

-- 5. The plant falls silent
UPDATE pg_temp.clock SET at = clock_timestamp();
UPDATE telemetry.latest SET received_at = NULL;
SELECT is(pg_temp.stands('plant_silent'), NULL, 'a plant that never sent anything is not silent');
-- processes that began a day ago: what was due, or silent, before any was here counts from its start only
UPDATE ops.process SET started_at = started_at - INTERVAL '1 day';
UPDATE telemetry.latest SET received_at = pg_temp.at() - INTERVAL '11 minutes';
SELECT alarm.judge_system('{plant_silent}', pg_temp.at()) \g /dev/null
SELECT pg_temp.later(60);
SELECT is(pg_temp.stands('plant_silent'), ' critical', 'one that did is');
UPDATE alarm.system_condition SET high = 7200 WHERE name = 'plant_silent';
SELECT is(pg_temp.stands('plant_silent'), NULL, 'a plant that sends once an hour');
UPDATE alarm.system_condition SET high = 600, on_delay = '0' WHERE name = 'plant_silent';
SELECT is(pg_temp.stands('plant_silent'), ' critical', 'or not');
UPDATE ops.process SET started_at = pg_temp.at(), beat_at = pg_temp.at();
SELECT is(pg_temp.stands('plant_silent'), NULL, 'a thin that has just begun has heard nobody yet');
UPDATE ops.job SET next_start = pg_temp.at() - INTERVAL '1 hour' WHERE name = (SELECT min(name) FROM ops.job WHERE enabled);
SELECT is(pg_temp.stands('job_late'), NULL, 'and what was due while no thin was here is not late yet');
UPDATE ops.process SET started_at = started_at - INTERVAL '1 day';
SELECT isnt(pg_temp.stands('job_late'), NULL, 'it is when the thin has been here for long');
UPDATE ops.job SET next_start = pg_temp.at() + INTERVAL '1 hour' WHERE next_start < pg_temp.at();
SELECT is(pg_temp.stands('plant_silent') || coalesce(pg_temp.stands('job_late'), ''), ' critical', 'until it runs');
UPDATE telemetry.latest SET received_at = pg_temp.at();
SELECT is(pg_temp.stands('plant_silent'), NULL, 'a single point ends it');

-- 6. The quarantine
INSERT INTO ingest.quarantine (topic, reason, received_at, repeated) VALUES ('t', 'not_utf8', pg_temp.at(), 999), ('u', 'bad_time', pg_temp.at() - INTERVAL '2 hours', 100);
SELECT is(pg_temp.stands('quarantine_fills'), NULL, 'some messages are bad');
INSERT INTO ingest.quarantine (topic, reason, received_at) VALUES ('u', 'bad_time', pg_temp.at());
SELECT is(pg_temp.stands('quarantine_fills'), ' high', 'too many are trouble');
SELECT is((SELECT concat_ws(' ', data ->> 'reason', data ->> 'topic') FROM alarm.alarm WHERE code = 'quarantine_fills'), 'not_utf8 t', 'with reason and topic of most of them');
UPDATE alarm.system_condition SET high = 2000 WHERE name = 'quarantine_fills';
SELECT is(pg_temp.stands('quarantine_fills'), NULL, 'as a DBA says');
SELECT is(pg_temp.stands('quarantine_share'), ' critical', 'all of the messages are refused');
INSERT INTO ops.ingest_minute VALUES (date_trunc('minute', clock_timestamp()), 5000) ON CONFLICT (minute) DO UPDATE SET messages = 5000;
SELECT is(pg_temp.stands('quarantine_share'), ' high', 'one in five');
UPDATE ops.ingest_minute SET messages = 100000;
SELECT is(pg_temp.stands('quarantine_share'), NULL, 'one in a hundred');
UPDATE ingest.quarantine SET repeated = 19 WHERE topic = 't';
UPDATE ops.ingest_minute SET messages = 19;
DELETE FROM ingest.quarantine WHERE topic = 'u';
SELECT is(pg_temp.stands('quarantine_share'), NULL, 'a share of few is none');
UPDATE alarm.system_condition SET minimum = 19 WHERE name = 'quarantine_share';
SELECT is(pg_temp.stands('quarantine_share'), ' critical', 'unless a DBA says so');
UPDATE ingest.quarantine SET status = 'replayed';
SELECT is(pg_temp.stands('quarantine_share'), NULL, 'until somebody has handled them');
-- what thin counted since its last beat
DELETE FROM ops.ingest_minute;
SELECT pg_temp.beat('a', 'run 5', true, '{"messages": 100}'), pg_temp.beat('a', 'run 5', true, '{"messages": 150}'), pg_temp.beat('a', 'run 5', true, '{"messages": 150}'), pg_temp.beat('a', 'run 5', true, '{"messages": 7}');
SELECT is((SELECT sum(messages) FROM ops.ingest_minute), 157::numeric, 'a beat that is repeated counts once, a lane that was opened anew from nothing');

-- 7. Channels
INSERT INTO relay.channel (name, kind, target, max_attempts, first_delay, longest_delay) VALUES ('erp', 'webhook', 'https://example.com/', 2, '1 ms', '2 ms'), ('chat', 'webhook', 'https://example.org/', 12, '1 ms', '2 ms');
CREATE FUNCTION pg_temp.send(channel text, succeeded boolean, status integer) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE v_id bigint;
BEGIN
    INSERT INTO relay.delivery (channel_id, data, status, claimed_by, claimed_until, attempts)
    SELECT c.id, '{}', 'sending', 'w', now(), 2 FROM relay.channel AS c WHERE c.name = send.channel
    RETURNING id INTO v_id;
    RETURN relay.finish_delivery(v_id, 'w', succeeded, send.status, 'no', NULL);
END $$;
SELECT is(pg_temp.send('erp', true, 200), 'delivered', 'a channel works');
SELECT is(pg_temp.stands('channel_dead'), NULL, 'all is well');
SELECT is(pg_temp.send('erp', false, 410), 'dead', 'it gives one up');
SELECT is(pg_temp.stands('channel_dead'), 'erp high', 'which is told with its name');
SELECT is((SELECT concat_ws(' ', data ->> 'channel', data ->> 'status', data ->> 'error') FROM alarm.alarm WHERE code = 'channel_dead:erp'), 'erp 410 no', 'and why');
UPDATE alarm.system_condition SET high = 2 WHERE name = 'channel_dead';
SELECT is(pg_temp.stands('channel_dead'), NULL, 'one is none to this DBA');
SELECT is(pg_temp.send('erp', false, 410), 'dead', 'two');
SELECT is(pg_temp.stands('channel_dead'), 'erp high', 'are');
SELECT is(pg_temp.send('erp', true, 200), 'delivered', 'it works again');
SELECT is(pg_temp.stands('channel_dead'), NULL, 'and that is over');
SELECT is(pg_temp.send('chat', false, 503), 'pending', 'one that is refused for now');
SELECT is(pg_temp.stands('channel_fails'), NULL, 'may work in a moment');
UPDATE relay.channel_state SET failing_since = failing_since - INTERVAL '10 minutes';
SELECT is(pg_temp.send('chat', false, 503), 'pending', 'or later');
SELECT is(pg_temp.stands('channel_fails'), 'chat high', 'for long, it is told');
SELECT is(pg_temp.send('chat', true, 200), 'delivered', 'one arrives');
DELETE FROM relay.delivery WHERE status = 'pending';
SELECT is(pg_temp.stands('channel_fails'), NULL, 'over');
-- of the kind: nobody sends at all; its variable is gone; it is switched off
INSERT INTO relay.delivery (channel_id, data, next_attempt_at) SELECT c.id, '{}', pg_temp.at() - INTERVAL '6 minutes' FROM relay.channel AS c WHERE c.name = 'chat';
SELECT is(pg_temp.stands('channel_fails'), 'chat high', 'what is due and not sent');
UPDATE relay.channel SET available = false WHERE name = 'chat';
SELECT is(pg_temp.stands('channel_fails'), NULL, 'a channel that cannot be reached for want of a variable');
SELECT alarm.judge_system('{channel_unavailable}', pg_temp.at()) \g /dev/null
SELECT pg_temp.later(60);
SELECT is(pg_temp.stands('channel_unavailable'), 'chat high', 'is told as that; those that were never configured are not');
UPDATE relay.channel SET enabled = false WHERE name = 'chat';
SELECT is(pg_temp.stands('channel_unavailable'), NULL, 'one that is switched off is nobody''s trouble');

-- 8. Who is told: the routes' say, and holds, as for any alarm
INSERT INTO relay.route (name, channel_id, kinds, events, severities) SELECT 'system', c.id, '{system}', '{raised,cleared}', '{critical}' FROM relay.channel AS c WHERE c.name = 'erp';
UPDATE telemetry.latest SET received_at = pg_temp.at() - INTERVAL '11 minutes';
SELECT is(pg_temp.stands('plant_silent'), ' critical', 'it happens');
SELECT is((SELECT count(*) FROM relay.delivery AS d JOIN relay.channel AS c ON c.id = d.channel_id WHERE c.name = 'erp' AND d.status = 'pending' AND d.subject = 'plant_silent'), 1::bigint, 'and is sent where a route says so');
SELECT alarm.take_out_of_service(id, 'kim', 'holidays') FROM alarm.alarm WHERE code = 'plant_silent' AND active \g /dev/null
UPDATE telemetry.latest SET received_at = pg_temp.at();
SELECT is(pg_temp.stands('plant_silent'), NULL, 'it ends');
SELECT is((SELECT count(*) FROM alarm.system_run WHERE error IS NOT NULL), 0::bigint, 'nothing failed to be measured');
-- all at once, by their clocks
SELECT lives_ok('SELECT alarm.judge_system()', 'all of them');
SELECT is(alarm.judge_system(), 0, 'none is due twice in a moment');
SELECT isnt(ops.health() ->> 'problems', NULL, 'health answers');
SELECT unalike(ops.health() ->> 'problems', '%last looked for%', 'somebody looks');
UPDATE alarm.system_run AS r SET measured_at = clock_timestamp() - INTERVAL '10 minutes' FROM alarm.system_condition AS c WHERE c.name = r.condition AND c.every IS NOT NULL;
SELECT alarm.judge_system('{flood}') \g /dev/null
SELECT alike(ops.health() ->> 'problems', '%last looked for%', 'when nobody does, that is a problem, too');
SELECT cmp_ok((SELECT value FROM ops.metrics() WHERE name = 'millwright_system_measured_seconds'), '>', 60::float8, 'also for Prometheus');
SELECT is((SELECT string_agg(name, ',') FROM alarm.system_condition AS c WHERE c.enabled AND c.every IS NOT NULL AND NOT EXISTS (SELECT FROM alarm.system_run AS r WHERE r.condition = c.name AND r.error IS NULL)), NULL, 'each was measured');

-- 9. An upgrade: what a plant had set is taken over, once
INSERT INTO ops.setting (name, value, description, data_type) VALUES ('ops.job_late_after', '"7 minutes"', 'x', 'interval'), ('ops.aggregate_lag', '"1 hour"', 'x', 'interval'),
    ('ops.quarantine_per_hour', '77', 'x', 'integer'), ('alarm.flood_count', '6', 'x', 'integer'), ('alarm.flood_window', '"20 minutes"', 'x', 'interval'),
    ('ingest.session_loss_shown', '"2 days"', 'x', 'interval'), ('ml.drift_severity', '"critical"', 'x', 'text');
UPDATE ops.setting SET minimum = NULL, maximum = NULL;
DELETE FROM alarm.system_condition;
\ir ../../sql/data/042_alarm_system.sql
SELECT is((SELECT jsonb_object_agg(c.name, jsonb_build_array(c.high, c.deadband, c.period, c.severity)) FROM alarm.system_condition AS c
           WHERE c.name IN ('job_late', 'aggregate_stale', 'quarantine_fills', 'flood', 'mqtt_session_lost', 'drift')),
    '{"job_late": [420, 0, null, "high"], "aggregate_stale": [3600, 0, null, "high"], "quarantine_fills": [77, 0, "01:00:00", "high"], "flood": [6, 3, "00:20:00", "high"],
      "mqtt_session_lost": [1, 0, "2 days", "high"], "drift": [1, 0, null, "critical"]}', 'settings of the version before became rows');
SELECT is((SELECT count(*) FROM ops.setting WHERE name IN ('ops.job_late_after', 'ops.aggregate_lag', 'ops.quarantine_per_hour', 'alarm.flood_count', 'alarm.flood_window',
    'ingest.session_loss_shown', 'ml.drift_severity')), 0::bigint, 'and are gone');
UPDATE alarm.system_condition SET high = 8 WHERE name = 'flood';
\ir ../../sql/data/042_alarm_system.sql
SELECT is((SELECT high FROM alarm.system_condition WHERE name = 'flood'), 8::float8, 'what is changed since stays');
SELECT * FROM finish();
ROLLBACK;
