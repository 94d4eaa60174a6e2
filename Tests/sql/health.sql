-- What the database says of its own health: ok, degraded in words, never ok beside a job that fails.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
CREATE FUNCTION pg_temp.health() RETURNS text LANGUAGE sql VOLATILE AS $$
    -- as thin does every few seconds
    SELECT alarm.judge_system((SELECT array_agg(c.name) FROM alarm.system_condition AS c WHERE c.every IS NOT NULL));
    SELECT concat_ws(' | ', h ->> 'status', (SELECT string_agg(p, ' | ') FROM jsonb_array_elements_text(h -> 'problems') AS p)) FROM ops.health() AS h
$$;
-- nothing runs jobs here
UPDATE ops.job SET next_start = now() + INTERVAL '1 day';
SELECT is(pg_temp.health(), 'ok', 'a new database is well');

-- a policy that TimescaleDB's own scheduler runs
SELECT ops.edition() = 'community' AS is_community \gset
\if :is_community
SAVEPOINT policy;
INSERT INTO _timescaledb_internal.bgw_job_stat (job_id, last_start, last_finish, next_start, last_successful_finish, last_run_success,
    total_runs, total_duration, total_duration_failures, total_successes, total_failures, total_crashes, consecutive_failures, consecutive_crashes)
SELECT job_id, now(), now(), now(), '-infinity', false, 1, '0', '1 s', 0, 1, 0, 1, 0
FROM ops.timescale_job WHERE relation_name = 'reading_1m' AND proc_name = 'policy_refresh_continuous_aggregate'
ON CONFLICT (job_id) DO UPDATE SET last_run_success = false;
SELECT matches(pg_temp.health(), '^degraded [|] job "[^"]* rollup[.]reading_1m" fails: see timescaledb_information.job_errors$',
    'a policy that fails is named, and where its error stands');
ROLLBACK TO policy;
\endif

CREATE FUNCTION ops.raise_something() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
INSERT INTO ops.job (name, procedure, schedule) VALUES ('broken', 'ops.raise_something', '1 hour');
SELECT is(pg_temp.health(), 'ok', 'a job that is due is no trouble yet');
SELECT is(ops.execute_job(ops.claim_due_job()), false, 'it fails');
SELECT is(pg_temp.health(), 'degraded | Job "broken" fails, 1 times in a row: see ops.job_run', 'and is named');
SELECT is((SELECT value FROM ops.metrics() WHERE name = 'millwright_job_failing' AND labels ->> 'job_name' = 'broken'), 1::float8, 'in the metrics, too');
SELECT is((SELECT string_agg(DISTINCT m.name, ' ') FROM ops.metrics() AS m CROSS JOIN jsonb_object_keys(m.labels) AS l WHERE l IN ('job', 'instance') OR l LIKE '\_\_%'), NULL,
    'no label is one of Prometheus'' own');
SELECT is((SELECT string_agg(DISTINCT m.name, ' ') FROM ops.metrics() AS m WHERE (m.type = 'counter') <> (m.name LIKE '%\_total')), NULL, 'counters, and nothing else, end in _total');
SELECT is((SELECT string_agg(m.name, ' ') FROM (SELECT name FROM ops.metrics() GROUP BY name HAVING count(DISTINCT (help, type)) > 1) AS m), NULL, 'a name means one thing');
UPDATE ops.job SET enabled = false WHERE name = 'broken';
SELECT is(pg_temp.health(), 'ok', 'one that is switched off is nobody''s trouble');

-- a routine that did what it could reports what it could not: its work stays
CREATE TABLE public.done (i integer);
GRANT INSERT ON public.done TO millwright;
DROP FUNCTION ops.raise_something();
CREATE FUNCTION ops.raise_something() RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.done VALUES (1);
    PERFORM set_config('millwright.job_failure', '22003: one of them', true);
    RETURN 1;
END $$;
UPDATE ops.job SET enabled = true, failures = 0, next_start = now() WHERE name = 'broken';
SELECT is(ops.execute_job(ops.claim_due_job()), false, 'a run that reports a failure has failed');
SELECT is((SELECT count(*) FROM public.done), 1::bigint, 'its work stays');
SELECT is((SELECT last_error || ' ' || failures || ' ' || (next_start > now() + INTERVAL '59 minutes') FROM ops.job WHERE name = 'broken'),
    '22003: one of them 1 true', 'it is booked, and comes round as scheduled');
SELECT matches(pg_temp.health(), '^degraded', 'so health is degraded');
UPDATE ops.job SET failures = 0, next_start = now() - INTERVAL '4 minutes' WHERE name = 'broken';
SELECT is(pg_temp.health(), 'ok', 'a job may be a little late');
UPDATE ops.job SET next_start = now() - INTERVAL '6 minutes' WHERE name = 'broken';
SELECT matches(pg_temp.health(), '^degraded . Job "broken" is late: it was due \d+ s ago and has not run .limit 300 s.$', 'not for ever');
UPDATE ops.job SET next_start = now() + INTERVAL '1 hour', running_since = now() - INTERVAL '11 minutes' WHERE name = 'broken';
SELECT matches(pg_temp.health(), '^degraded . Job "broken" is late: it was due \d+ s ago and has not run .limit 300 s.$', 'nor may it run for ever');
UPDATE ops.job SET max_runtime = '0' WHERE name = 'broken';
SELECT is(pg_temp.health(), 'ok', 'unless it may');
DELETE FROM ops.job WHERE name = 'broken';

INSERT INTO plant.equipment (id, name) VALUES ('m', 'm');
INSERT INTO plant.sensor (equipment_id, name, created_at) VALUES ('m', 's', now() - INTERVAL '10 minutes');
UPDATE telemetry.latest SET time = now(), value = 1, received_at = now();
SELECT is(pg_temp.health(), 'ok', 'points that no refresh has seen yet');
-- a refresh over history of long ago, before the first live point
SAVEPOINT history;
DO $$
BEGIN
    IF ops.edition() = 'apache' THEN
        UPDATE compat.continuous_aggregate SET watermark = '2020-01-01Z', threshold = '2020-01-01Z';
    ELSE
        UPDATE _timescaledb_catalog.continuous_aggs_watermark
        SET watermark = _timescaledb_functions.to_unix_microseconds('2020-01-01Z');
    END IF;
END $$;
SELECT is(pg_temp.health(), 'ok', 'nor what came before them');
ROLLBACK TO history;
UPDATE plant.sensor SET created_at = now() - INTERVAL '1 hour';
SELECT matches(pg_temp.health(), '^degraded . Aggregate rollup.reading_1m lags behind the points', 'a minute may not take an hour');
UPDATE alarm.system_condition SET high = 86400 WHERE name = 'aggregate_stale';
SELECT is(pg_temp.health(), 'ok', 'as the condition says');
SELECT is((SELECT count(*) FROM ops.metrics() WHERE name = 'millwright_aggregate_lag_seconds'), 2::bigint, 'each has a metric');

UPDATE alarm.system_condition SET high = 4 WHERE name = 'quarantine_fills';
INSERT INTO ingest.quarantine (topic, reason, received_at, repeated) VALUES ('t', 'not_utf8', now(), 3), ('t', 'not_utf8', now() - INTERVAL '2 hours', 100);
SELECT is(pg_temp.health(), 'ok', 'some messages are bad');
INSERT INTO ingest.quarantine (topic, reason, received_at) VALUES ('t', 'not_utf8', now());
SELECT is(pg_temp.health(), 'degraded | The quarantine fills: 4 messages lately (limit 4), see report.quarantine_summary', 'too many are trouble');
UPDATE ingest.quarantine SET status = 'discarded';
SELECT is(pg_temp.health(), 'ok', 'until somebody has handled them');

-- numbers of what is sent, and of who logs in
CREATE FUNCTION pg_temp.metric(p_name text, p_labels jsonb DEFAULT '{}') RETURNS float8 LANGUAGE sql AS $$
    SELECT sum(m.value) FROM ops.metrics() AS m WHERE m.name = p_name AND m.labels @> p_labels
$$;
INSERT INTO relay.channel (name, kind, target) VALUES ('quiet', 'webhook', 'https://a.example/'), ('busy', 'webhook', 'https://b.example/'),
    ('off', 'webhook', 'https://c.example/');
UPDATE relay.channel SET enabled = false WHERE name = 'off';
INSERT INTO relay.delivery (channel_id, status, data, created_at)
SELECT c.id, s, '{}', now() - a
FROM relay.channel AS c
CROSS JOIN (VALUES ('pending', INTERVAL '1 minute'), ('pending', '10 minutes'), ('sending', '5 minutes'), ('dead', '1 day'), ('delivered', '2 days')) AS d (s, a)
WHERE c.name IN ('busy', 'off');
SELECT is((SELECT string_agg(format('%s %s', s, pg_temp.metric('millwright_deliveries', jsonb_build_object('channel', n, 'status', s))), ', ' ORDER BY s)
           FROM unnest('{pending,sending,dead,delivered}'::text[]) AS s), e, n || ': deliveries by status; none is 0, and delivered ones are no state')
FROM (VALUES ('busy', 'dead 1, delivered , pending 2, sending 1'), ('off', 'dead 1, delivered , pending 2, sending 1'),
    ('quiet', 'dead 0, delivered , pending 0, sending 0')) AS v (n, e);
SELECT is(round(pg_temp.metric('millwright_outbox_age_seconds', jsonb_build_object('channel', n))::numeric, -1), e, n || ': age of the oldest that was not sent')
FROM (VALUES ('busy', 600::numeric), ('quiet', 0), ('off', 0)) AS v (n, e);
UPDATE ops.setting SET value = '4' WHERE name = 'auth.bcrypt_cost';
SELECT auth.create_account('kim', 'kim@example.com', 'kims-password', NULL, 'viewer') \g /dev/null
SELECT count(api.login(p, u)) FROM (VALUES ('kims-password', 'kim'), ('wrong', 'kim'), ('wrong', 'nobody')) AS v (p, u) \g /dev/null
SELECT count(api.open_browser_session(p, u)) FROM (VALUES ('kims-password', 'kim'), ('wrong', 'kim')) AS v (p, u) \g /dev/null
SELECT is(pg_temp.metric('millwright_login_attempts_total', jsonb_build_object('outcome', o)), e, o || ' log-ins, tokens and browsers together')
FROM (VALUES ('succeeded', 2::float8), ('failed', 3)) AS v (o, e);
SELECT is(pg_temp.metric('millwright_aggregate_lag_allowed_seconds'), (SELECT sum(extract(epoch FROM l.allowed))::float8 FROM ops.aggregate_lag() AS l), 'what an aggregate may lag');
DELETE FROM relay.channel;

-- whatever stands is told in words; only what says of the plant, and not of Millwright, leaves it well
CREATE FUNCTION pg_temp.stands(p_condition text, p_level text, p_detail jsonb DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_health jsonb;
BEGIN
    INSERT INTO alarm.system_state (condition, object, level, value, limit_value, detail, beyond_since)
    VALUES (p_condition, 'it "is" {value}', p_level, 7, 5, p_detail, now());
    v_health := ops.health();
    DELETE FROM alarm.system_state WHERE condition = p_condition AND object = 'it "is" {value}';
    RETURN concat_ws(' | ', v_health ->> 'status', v_health -> 'failures' -> p_condition ->> 0,
        (SELECT string_agg(CASE WHEN length(p) > 10 AND p ~ '^[A-Z0-9]' THEN 'a sentence' ELSE p END, ' | ') FROM jsonb_array_elements_text(v_health -> 'problems') AS p));
END $$;
SELECT is(pg_temp.stands(c.name, l), CASE WHEN c.name IN ('drift', 'flood', 'thin_restarted') THEN 'ok | it "is" {value}' ELSE 'degraded | it "is" {value} | a sentence' END,
    format('%s beyond %s', c.name, l))
FROM alarm.system_condition AS c CROSS JOIN unnest('{high,high_high}'::text[]) AS l;
SELECT is(pg_temp.stands(c.name, NULL), 'ok', c.name || ' that is back and waits for its off_delay') FROM alarm.system_condition AS c;
UPDATE alarm.system_condition SET enabled = false;
SELECT is(pg_temp.stands(c.name, 'high'), 'ok', c.name || ' that is switched off') FROM alarm.system_condition AS c;
UPDATE alarm.system_condition SET enabled = true, degrades_health = NOT degrades_health;
SELECT is(split_part(pg_temp.stands(c.name, 'high'), ' ', 1), CASE WHEN c.degrades_health THEN 'degraded' ELSE 'ok' END, c.name || ' as its row says')
FROM alarm.system_condition AS c;
UPDATE alarm.system_run SET measured_at = now() - INTERVAL '2 minutes';
SELECT matches((SELECT (h ->> 'status') || ' | ' || (h #>> '{problems,0}') FROM ops.health() AS h), '^degraded . system failures were last looked for at 20', 'nobody looks: what is not known is not well');

SELECT * FROM finish();
ROLLBACK;
