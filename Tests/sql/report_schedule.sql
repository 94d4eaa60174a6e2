-- report.schedule: when what is due, that each due time is decided once, and what is sent.
BEGIN;
SELECT no_plan();
SELECT set_config('search_path', 'public', true);

-- Due times against a naive oracle: every minute of the time is asked what the clock on the wall says.
CREATE FUNCTION pg_temp.naive(times time[], weekdays smallint[], zone text, after timestamptz, until timestamptz) RETURNS timestamptz[]
    LANGUAGE sql AS $$
    SELECT coalesce(array_agg(d ORDER BY d), '{}') FROM (
        -- the last minute of a day that shows the time, or, where none does, as much later as clocks were put forward
        SELECT DISTINCT coalesce(
            (SELECT max(m) FROM generate_series(x.day AT TIME ZONE 'UTC' - INTERVAL '1 day', x.day AT TIME ZONE 'UTC' + INTERVAL '2 days', '1 minute') AS m
             WHERE m AT TIME ZONE zone = x.day + t),
            (SELECT min(m) FROM generate_series(x.day AT TIME ZONE 'UTC' - INTERVAL '1 day', x.day AT TIME ZONE 'UTC' + INTERVAL '2 days', '1 minute') AS m
             WHERE m AT TIME ZONE zone > x.day + t) + (x.day + t - date_trunc('hour', x.day + t))) AS d
        FROM generate_series((after AT TIME ZONE zone)::date::timestamp, (until AT TIME ZONE zone)::date, '1 day') AS x (day), unnest(times) AS t
        WHERE extract(isodow FROM x.day) = ANY (weekdays)) AS y
    WHERE d > after AND d <= until
$$;
SELECT is(ARRAY(SELECT report.due_times(z.times, z.days, z.zone, z.after, z.after + INTERVAL '4 days')),
          pg_temp.naive(z.times, z.days, z.zone, z.after, z.after + INTERVAL '4 days'),
          format('due times in %s from %s are what the wall clock says', z.zone, z.after))
FROM (VALUES
    -- 23, 25 and 24 hours; half an hour; a zone without changes; one with half an hour's change
    ('{02:30,06:00}'::time[], '{1,2,3,4,5,6,7}'::smallint[], 'Europe/Berlin', '2026-03-27 00:00+00'::timestamptz),
    ('{02:30,06:00}', '{1,2,3,4,5,6,7}', 'Europe/Berlin', '2026-10-23 00:00+00'),
    ('{01:30,23:59}', '{6,7}', 'America/New_York', '2026-10-30 12:00+00'),
    ('{02:15}', '{7}', 'America/New_York', '2026-03-06 12:00+00'),
    ('{07:00,19:00}', '{1,3,5}', 'Asia/Seoul', '2026-05-01 07:00+00'),
    ('{00:00,12:15}', '{1,2,3,4,5,6,7}', 'Asia/Kolkata', '2026-05-01 07:00+00'),
    ('{02:00}', '{1,2,3,4,5,6,7}', 'Australia/Lord_Howe', '2026-04-03 00:00+00'),
    ('{06:00,06:00}', '{1,2,3,4,5,6,7}', 'UTC', '2026-05-01 06:00+00')
) AS z (times, days, zone, after);
SELECT is((SELECT count(*) FROM report.due_times('{02:30}', '{1,2,3,4,5,6,7}', z, '2026-01-01 00:00+00', '2027-01-01 00:00+00')), 365::bigint,
          'once a day, whatever the clocks do: ' || z)
FROM unnest('{UTC,Europe/Berlin,America/New_York,Asia/Seoul,Asia/Kolkata,Pacific/Chatham}'::text[]) AS z;
SELECT is(ARRAY(SELECT report.due_times('{02:30,03:30}', '{7}', 'Europe/Berlin', '2026-03-28 12:00+00', '2026-03-29 12:00+00')),
          '{2026-03-29 01:30+00}'::timestamptz[], 'two times that the change of clocks makes one are one');
SELECT is(ARRAY(SELECT report.due_times('{24:00}', '{5}', 'Asia/Seoul', '2026-05-01 00:00+09', '2026-05-03 00:00+09')),
          '{2026-05-02 00:00+09}'::timestamptz[], '24:00 is the end of its day');

-- What a report is about.
SELECT ops.set_setting('plant.time_zone', '"Europe/Berlin"');
SELECT is((SELECT row(p."from", p."to")::text FROM report.period('shift', '2026-03-29 06:00+02', 'Europe/Berlin') AS p),
          row('2026-03-28 22:00+01'::timestamptz, '2026-03-29 06:00+02'::timestamptz)::text, 'a night shift of seven hours');
SELECT is((SELECT p."to" - p."from" FROM report.period('shift', '2026-10-25 13:59:59+01', 'Europe/Berlin') AS p), '9 hours'::interval,
          'and one of nine, which ended last');
SELECT is((SELECT extract(epoch FROM p."to" - p."from") / 3600 FROM report.period('health', '2026-03-30 08:00+02', 'Europe/Berlin') AS p), 167::numeric,
          'seven days with a change of clocks have 167 hours');
SELECT is((SELECT count(DISTINCT p."from") FROM generate_series('2026-03-28 00:00+01'::timestamptz, '2026-03-30 00:00+02', '7 minutes') AS t
           CROSS JOIN LATERAL report.period('shift', t, 'Europe/Berlin') AS p WHERE p."to" > t OR p."to" <= p."from"), 0::bigint,
          'a shift that ended has ended, and was one');

-- Schedules.
-- As often as the job would come round: a run that took two seconds leaves the rest to the next.
CREATE FUNCTION pg_temp.send(at timestamptz) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_all integer := 0; v_sent integer;
BEGIN
    LOOP
        v_sent := report.send_due(at);
        v_all := v_all + v_sent;
        EXIT WHEN v_sent = 0;
    END LOOP;
    RETURN v_all;
END
$$;
INSERT INTO plant.equipment (id, name, next_maintenance) VALUES ('press-01', '<b>Press</b> & "co"', '2026-06-02 08:00+02');
INSERT INTO relay.channel (name, kind, target, language)
VALUES ('mail', 'email', 'mailto:crew@plant.example', 'en'), ('메일', 'email', 'mailto:ko@plant.example', 'ko'),
       ('hook', 'webhook', 'https://hook.example/x', 'en'), ('chat', 'slack_webhook', 'https://chat.example/x', 'en');
INSERT INTO report.schedule (name, report, channel_id, times, weekdays, done_to)
SELECT 'due ' || c.name, 'maintenance', c.id, '{07:00}', '{1,2,3,4,5}', '2026-05-31 12:00+02'
FROM relay.channel AS c WHERE c.name IN ('mail', '메일', 'hook', 'chat');
SELECT is(pg_temp.send('2026-06-01 06:59:59+02'), 0, 'nothing before its time');
SELECT is(pg_temp.send('2026-06-01 07:00+02'), 4, 'each schedule at its time');
SELECT is(pg_temp.send('2026-06-01 07:00+02'), 0, 'once');
SELECT is(pg_temp.send('2026-06-01 06:00+02'), 0, 'a clock that is put back repeats nothing');
UPDATE report.schedule SET done_to = '2026-05-31 12:00+02';
SELECT is(pg_temp.send('2026-06-01 07:00+02'), 0, 'nor does who says that it was not done');
SELECT is((SELECT count(*) FROM relay.delivery AS d JOIN report.run AS r ON r.delivery_id = d.id AND r.status = 'queued'), 4::bigint,
          'each run knows its delivery');
SELECT results_eq($$SELECT c.name, d.seq IS NULL, d.subject IS NULL FROM relay.delivery AS d JOIN relay.channel AS c ON c.id = d.channel_id ORDER BY d.id$$,
    $$VALUES ('mail', true, true), ('메일', true, true), ('hook', true, true), ('chat', true, true)$$, 'for its channel alone');

CREATE TEMP TABLE sent AS SELECT c.channel, c.body::jsonb AS body FROM relay.claim_deliveries('w', 100) AS c;
SELECT is((SELECT body ->> 'subject' FROM sent WHERE channel = 'mail'),
    '[Millwright] Maintenance and calibration due · 2026-06-01 07:00 – 2026-07-01 07:00 Europe/Berlin · all machines', 'an e-mail has its subject');
SELECT ok((SELECT body ->> 'text' LIKE E'Maintenance and calibration due\n%press-01%<b>Press</b> & "co"%' FROM sent WHERE channel = 'mail'), 'and its text');
SELECT ok((SELECT body ->> 'html' LIKE '%<td>&lt;b&gt;Press&lt;/b&gt; &amp; &quot;co&quot;</td>%' AND body ->> 'html' NOT LIKE '%<b>%' FROM sent WHERE channel = 'mail'),
    'its HTML has every value escaped');
SELECT ok((SELECT body ->> 'text' LIKE '정비 및 교정 예정%' AND body ->> 'html' LIKE '%<html lang="ko">%' FROM sent WHERE channel = '메일'), 'in the language of the channel');
SELECT ok((SELECT body ->> 'text' LIKE 'Maintenance%&lt;b&gt;Press&lt;/b&gt; &amp;%' AND NOT body ? 'attachments' FROM sent WHERE channel = 'chat'), 'Slack gets text, escaped');
SELECT ok((SELECT body #>> '{data,message,en}' LIKE 'Maintenance%' AND body #>> '{data,report,name}' = 'maintenance'
                  AND NOT body -> 'data' -> 'report' ? 'html' FROM sent WHERE channel = 'hook'), 'a program gets text and what it is about');

-- Everything was down from Tuesday to Friday noon.
SELECT is(pg_temp.send('2026-06-05 12:00+02'), 4, 'what was missed is told once');
SELECT is((SELECT array_agg(to_char(r.due_at AT TIME ZONE 'Europe/Berlin', 'DD') || r.status ORDER BY r.due_at)
           FROM report.run AS r JOIN report.schedule AS s ON s.id = r.schedule_id WHERE s.name = 'due mail'),
    '{01queued,02missed,03missed,04missed,05queued}', 'the last of them is sent, the others are on record');
SELECT ok((SELECT d.data #>> '{message,en}' LIKE '%Reports that were due before and could not be sent: 3.%' FROM relay.delivery AS d
           JOIN relay.channel AS c ON c.id = d.channel_id WHERE c.name = 'mail' ORDER BY d.id DESC LIMIT 1), 'and it says so');
SELECT is(pg_temp.send('2026-06-08 07:00+02'), 4, 'the next one');
SELECT ok((SELECT d.data #>> '{message,en}' NOT LIKE '%could not be sent%' FROM relay.delivery AS d
           JOIN relay.channel AS c ON c.id = d.channel_id WHERE c.name = 'mail' ORDER BY d.id DESC LIMIT 1), 'says it no more');
SELECT is((SELECT array_agg(DISTINCT told_with) FROM report.run WHERE status = 'missed'), '{2026-06-05 07:00+02}'::timestamptz[], 'as the record has it');
SELECT is((SELECT count(*) FROM report.run), (SELECT count(DISTINCT (schedule_id, due_at)) FROM report.run), 'no due time twice');

-- A channel that nobody can send to keeps its due times open.
UPDATE relay.channel SET available = false WHERE name = 'mail';
UPDATE relay.channel SET enabled = false WHERE name IN ('hook', 'chat', '메일');
SELECT is(pg_temp.send('2026-06-09 08:00+02'), 0, 'no channel, no report');
SELECT is(pg_temp.send('2026-06-10 08:00+02'), 0, 'nor a day later');
UPDATE relay.channel SET available = true WHERE name = 'mail';
SELECT is(pg_temp.send('2026-06-10 09:00+02'), 1, 'when it is back');
SELECT ok((SELECT d.data #>> '{message,en}' LIKE '%could not be sent: 1.%' FROM relay.delivery AS d ORDER BY d.id DESC LIMIT 1), 'with what it missed');

-- One that cannot be made: tried again, given up, named; the others are not held up.
CREATE FUNCTION report.broken("from" timestamptz, "to" timestamptz, machine text, zone text) RETURNS TABLE (x float8)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS 'SELECT 1 / 0::float8';
INSERT INTO report.definition (name, place, span, length) VALUES ('broken', 999, 'past', '1 day');
INSERT INTO report.section (report, place, function) VALUES ('broken', 1, 'report.broken');
INSERT INTO report.schedule (name, report, channel_id, times, done_to)
SELECT 'broken', 'broken', c.id, '{07:00}', '2026-06-10 12:00+02' FROM relay.channel AS c WHERE c.name = 'mail';
SELECT is(pg_temp.send('2026-06-11 07:00+02'), 1, 'the good one is sent');
SELECT is(current_setting('millwright.job_failure'), '22012: report schedule "broken": division by zero', 'the job says what failed');
SELECT is((SELECT row(s.attempts, s.last_error, s.next_attempt_at)::text FROM report.schedule AS s WHERE s.name = 'broken'),
    row(1, '22012: division by zero', '2026-06-11 07:01+02'::timestamptz)::text, 'and so does the schedule');
SELECT is((SELECT count(*) FROM report.run AS r JOIN report.schedule AS s ON s.id = r.schedule_id WHERE s.name = 'broken'), 0::bigint, 'its due time is open');
SELECT pg_temp.send('2026-06-11 07:00+02'::timestamptz + n * INTERVAL '1 hour') FROM generate_series(1, 6) AS n;
SELECT is((SELECT row(r.status, r.error, s.attempts)::text FROM report.run AS r JOIN report.schedule AS s ON s.id = r.schedule_id WHERE s.name = 'broken'),
    row('failed', '22012: division by zero', 0)::text, 'until it is given up');
CREATE OR REPLACE FUNCTION report.broken("from" timestamptz, "to" timestamptz, machine text, zone text) RETURNS TABLE (x float8)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS 'SELECT 1::float8';
SELECT is(pg_temp.send('2026-06-12 07:00+02'), 2, 'mended');
SELECT ok((SELECT d.data #>> '{message,en}' LIKE '%could not be sent: 1.%' FROM relay.delivery AS d ORDER BY d.id DESC LIMIT 1), 'it tells of the one that failed');
SELECT is((SELECT last_error FROM report.schedule WHERE name = 'broken'), NULL, 'nothing is wrong any more');
SELECT set_config('millwright.job_failure', '', true);
-- Other jobs of the process wait for this one: after two seconds it leaves the rest to its next run.
CREATE OR REPLACE FUNCTION report.broken("from" timestamptz, "to" timestamptz, machine text, zone text) RETURNS TABLE (x float8)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$SELECT 1::float8 FROM pg_sleep(2.1)$$;
INSERT INTO report.schedule (name, report, channel_id, format, times, weekdays, done_to)
SELECT 'slow ' || n, 'broken', c.id, 'text', '{09:00}', '{6}', '2026-06-13 08:00+02' FROM relay.channel AS c, generate_series(1, 2) AS n WHERE c.name = 'mail';
UPDATE report.schedule SET done_to = '2026-06-13 10:00+02' WHERE name NOT LIKE 'slow%';
SELECT is(report.send_due('2026-06-13 09:30+02') || ' ' || report.send_due('2026-06-13 09:30+02') || ' ' || report.send_due('2026-06-13 09:30+02'), '1 1 0', 'a slow one ends the run, the next run goes on');
-- One that is cut off has failed by name.
UPDATE report.schedule SET done_to = CASE name WHEN 'slow 1' THEN '2026-06-20 08:00+02'::timestamptz ELSE '2026-06-21 00:00+02' END;
UPDATE report.schedule SET enabled = false WHERE name = 'slow 2';
SET statement_timeout = '700ms';
SELECT report.send_due('2026-06-20 09:30+02');
SET statement_timeout = 0;
SELECT is((SELECT row(s.attempts, s.last_error)::text FROM report.schedule AS s WHERE s.name = 'slow 1'), '(1,"57014: canceling statement due to statement timeout")', 'one that is cut off has failed, and is open');
SELECT set_config('millwright.job_failure', '', true);
DELETE FROM report.schedule WHERE name LIKE 'slow%';

-- A section of somebody else's is not called with our rights.
CREATE ROLE report_stranger;
GRANT CREATE, USAGE ON SCHEMA report TO report_stranger;
ALTER FUNCTION report.broken(timestamptz, timestamptz, text, text) OWNER TO report_stranger;
SELECT throws_ok($$SELECT report.render('broken', 'text', now() - INTERVAL '1 day', now(), NULL, 'UTC', 'en')$$, 'MW404', NULL, 'a section that a stranger owns');

-- A plan that changes begins when it changes.
UPDATE report.schedule SET times = '{00:00,06:00,12:00,18:00}', weekdays = '{1,2,3,4,5,6,7}' WHERE name = 'due mail';
UPDATE report.schedule SET done_to = now() - INTERVAL '2 days' WHERE name = 'due mail';
DELETE FROM report.run WHERE due_at > now() - INTERVAL '3 days';
UPDATE report.schedule SET times = '{00:01}' WHERE name = 'due mail';
SELECT is((SELECT count(*) FROM report.run AS r JOIN report.schedule AS s ON s.id = r.schedule_id WHERE s.name = 'due mail' AND r.status = 'missed'
           AND r.due_at > now() - INTERVAL '3 days'), 8::bigint, 'what was due by the old plan is on record as missed');
SELECT ok((SELECT done_to > now() - INTERVAL '1 minute' FROM report.schedule WHERE name = 'due mail'), 'and nothing of the new one is due before now');
UPDATE report.schedule SET name = 'renamed' WHERE name = 'due mail';
SELECT is((SELECT count(*) FROM report.run AS r JOIN report.schedule AS s ON s.id = r.schedule_id WHERE s.name = 'renamed' AND r.due_at > now() - INTERVAL '3 days'), 8::bigint,
    'another name is no other plan');

-- Limits.
SELECT throws_ok(format($$INSERT INTO report.schedule (name, report, channel_id, times, weekdays, format) SELECT 'x', %L, 1, %L, %L, %L$$, r, t, w, f), e, NULL, 'refused: ' || concat_ws(' ', r, t, w, f))
FROM (VALUES ('shift', '{}', '{1}', 'text', '23514'), ('shift', '{07:00}', '{0}', 'text', '23514'), ('shift', '{07:00}', '{8}', 'text', '23514'),
    ('shift', '{07:00,NULL}', '{1}', 'text', '23514'), ('shift', '{07:00}', '{}', 'text', '23514'), ('shift', '{07:00}', '{1}', 'pdf', '23514'),
    ('nothing', '{07:00}', '{1}', 'text', '23503'), ('shift', '{25:00}', '{1}', 'text', '22008')) AS x (r, t, w, f, e);
INSERT INTO plant.equipment (id, name, next_maintenance)
SELECT 'm-' || n, repeat('장비 & ' || n || ' ', 20), '2026-06-02 08:00+02' FROM generate_series(1, 500) AS n;
SELECT ops.set_setting('report.rows', '1000');
SELECT ops.set_setting('report.message_bytes', '20000');
CREATE FUNCTION pg_temp.content(channel text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT report.content(s, '2026-06-01 07:00+02') FROM report.schedule AS s JOIN relay.channel AS c ON c.id = s.channel_id
    WHERE c.name = channel AND s.report = 'maintenance' $$;
SELECT ok(octet_length(x #>> '{message,en}') + octet_length(x #>> '{report,html}') BETWEEN 5000 AND 20000 AND x #>> '{message,en}' ~ '… and \d+ more'
          AND x #>> '{report,html}' LIKE E'%</html>\n', 'what is too large is made with fewer rows, says how many more there are, and is whole')
FROM pg_temp.content('mail') AS x;
SELECT ok(length(x #>> '{message,en}') <= 3000 AND x #>> '{message,en}' ~ '… and \d+ more', 'as long as Slack shows') FROM pg_temp.content('chat') AS x;
SELECT ops.set_setting('report.message_bytes', '1000');
SELECT ok(octet_length(x #>> '{message,en}') <= 1000 AND x #>> '{message,en}' LIKE 'Cut:%' AND x #> '{report,html}' IS NULL, 'not even one row fits: the text is cut and says so')
FROM pg_temp.content('mail') AS x;

-- Reports and alarms at one channel.
SELECT ops.set_setting('report.message_bytes', '262144');
SELECT ops.set_setting('report.rows', '5');
DELETE FROM relay.delivery;
UPDATE relay.channel SET digest_over = 2 WHERE name = 'mail';
INSERT INTO relay.delivery (channel_id, data, subject)
SELECT c.id, jsonb_build_object('kind', 'alarm', 'event', 'raised', 'message', 'alarm ' || n), 'a' || n FROM relay.channel AS c, generate_series(1, 5) AS n WHERE c.name = 'mail';
INSERT INTO relay.delivery (channel_id, data) SELECT c.id, pg_temp.content('mail') FROM relay.channel AS c, generate_series(1, 4) WHERE c.name = 'mail';
SELECT is((SELECT array_agg(c.body::jsonb ->> 'subject' ~ 'Maintenance' ORDER BY c.delivery_id) FROM relay.claim_deliveries('w', 100) AS c), '{f,t,t,t,t}',
    'a digest of alarms takes no report in, and reports are not folded into one another');

-- Who may.
SET ROLE admin;
SELECT lives_ok($$INSERT INTO report.schedule (name, report, channel_id, times) SELECT 'mine', 'shift', c.id, '{06:05}' FROM relay.channel AS c WHERE c.name = 'mail'$$, 'an administrator schedules');
SELECT throws_ok($$UPDATE report.run SET status = 'queued'$$, '42501', NULL, 'but what was sent is not his to say');
SELECT throws_ok($$SELECT report.send_due()$$, '42501', NULL, 'nor when it runs');
SET ROLE engineer;
SELECT throws_ok($$DELETE FROM report.schedule$$, '42501', NULL, 'an engineer does not');
SET ROLE viewer;
SELECT lives_ok($$SELECT * FROM report.schedule, report.run$$, 'a viewer reads');
SELECT lives_ok(format($$SELECT report.print(%L)$$, d.name), 'and prints: ' || d.name) FROM report.definition AS d WHERE d.name <> 'broken';
RESET ROLE;
SET ROLE grafana_reader;
SELECT lives_ok(format($$SELECT report.print(%L)$$, d.name), 'Grafana, too: ' || d.name) FROM report.definition AS d WHERE d.name <> 'broken';
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
