-- What the model checker (Tests/alarms/check.py) found: each kind of input with the smallest case, and others of its kind.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
UPDATE ops.setting SET value = '"0 seconds"' WHERE name = 'alarm.tick_grace';
INSERT INTO plant.equipment (id, name, type) VALUES ('k-1', 'k', 'pump');
INSERT INTO plant.sensor (equipment_id, name, type) SELECT 'k-1', n, 'current' FROM unnest('{a,b,c}'::text[]) AS n;
CREATE FUNCTION pg_temp.at(second float8) RETURNS timestamptz LANGUAGE sql AS $$ SELECT date_trunc('second', now()) + make_interval(secs => second) $$;
-- one batch of points, 'sensor second value quality' each, which arrive when the last of them was measured (test.way: so much later), in the order in which every caller of ingest.store gives them
CREATE FUNCTION pg_temp.store(VARIADIC points text[]) RETURNS void LANGUAGE sql AS $$
    SELECT r.stored
    FROM (
        SELECT array_agg(p.id ORDER BY p.id, p.time) AS sensor, array_agg(p.time ORDER BY p.id, p.time) AS time,
               array_agg(p.value ORDER BY p.id, p.time) AS value, array_agg(p.quality ORDER BY p.id, p.time) AS quality
        FROM (
            SELECT s.id, pg_temp.at(w[2]::float8) AS time, w[3]::float8 AS value, coalesce(w[4], '0')::smallint AS quality
            FROM unnest(points) AS t, string_to_array(t, ' ') AS w, plant.sensor AS s WHERE s.equipment_id = 'k-1' AND s.name = w[1]
        ) AS p
    ) AS b, ingest.store(b.sensor, b.time, b.value, b.quality, array_fill(false, ARRAY[cardinality(b.value)]),
        (SELECT max(t) FROM unnest(b.time) AS t) + coalesce(nullif(current_setting('test.way', true), '')::interval, '0')) AS r $$;
CREATE FUNCTION pg_temp.tick(second float8) RETURNS void LANGUAGE sql AS $$ SELECT alarm.tick(pg_temp.at(second)) $$;
CREATE FUNCTION pg_temp.rule(name text, sensors text[], definition jsonb) RETURNS bigint LANGUAGE sql AS $$
    SELECT alarm.create_rule(jsonb_build_object('name', name, 'condition', 'above', 'chatter_count', NULL, 'select_equipment', '["k-1"]'::jsonb,
                                                 'select_sensor', to_jsonb(sensors)) || definition, 'test', 'test') $$;
-- the whole story of a rule, whichever sensor
CREATE FUNCTION pg_temp.story(rule text) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(format('%s@%s', t.kind, round(extract(epoch FROM t.occurred_at - pg_temp.at(0)))), ' ' ORDER BY t.id), '')
    FROM alarm.transition AS t JOIN alarm.alarm AS a ON a.id = t.alarm_id WHERE a.code = rule $$;
CREATE FUNCTION pg_temp.told(rule text) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(o.event, ' ' ORDER BY o.seq), '') FROM relay.outbox AS o WHERE o.data ->> 'rule' = rule $$;
CREATE FUNCTION pg_temp.open(rule text) RETURNS bigint LANGUAGE sql AS $$ SELECT max(id) FROM alarm.alarm WHERE code = rule AND cleared_at IS NULL $$;
CREATE FUNCTION pg_temp.backtest(rule text, until float8) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(format('%s@%s', t ->> 'kind', round(extract(epoch FROM (t ->> 'time')::timestamptz - pg_temp.at(0)))), ' ' ORDER BY b.raised_at, n), '')
    FROM alarm.backtest((SELECT id FROM alarm.rule WHERE name = backtest.rule), pg_temp.at(-5), pg_temp.at(until)) AS b
    CROSS JOIN LATERAL jsonb_array_elements(b.transitions) WITH ORDINALITY AS e (t, n) $$;

-- Good values with one of bad quality behind them in the same batch: the good ones are judged.
SELECT pg_temp.rule('good', '{a}', '{"high": 10}');
SELECT pg_temp.store('a 1 12', 'a 2 5 2');
SELECT is(pg_temp.story('good'), 'raised@1', 'a bad value behind a good one takes nothing away from it');
SELECT pg_temp.store('a 3 5', 'a 4 50 2', 'a 5 12', 'a 6 5 2');
SELECT is(pg_temp.story('good'), 'raised@1 cleared@3 raised@5', 'nor do several, between and behind');
SELECT is(pg_temp.backtest('good', 7), pg_temp.story('good'), 'as the backtest says');
SELECT pg_temp.rule('delayed', '{b}', '{"high": 10, "on_delay": 2, "off_delay": 2}');
SELECT pg_temp.store('b 1 12', 'b 2 12 2', 'b 3 12', 'b 4 0 2');
SELECT is(pg_temp.story('delayed'), 'raised@3', 'and a delay goes on behind it');
-- what stands is the last good value
UPDATE alarm.rule SET high = 20 WHERE name = 'good'; SELECT pg_temp.tick(7);
SELECT is(pg_temp.story('good'), 'raised@1 cleared@3 raised@5 cleared@5', 'a limit that was moved judges the last good value, not the bad one behind it');
SELECT pg_temp.rule('new', '{a}', '{"high": 11}'); SELECT pg_temp.tick(8);
SELECT is(pg_temp.story('new'), 'raised@5', 'and so does a new rule');
DELETE FROM alarm.rule WHERE name IN ('good', 'new', 'delayed'); SELECT pg_temp.tick(9);

-- A parent that begins, or ends, in the very batch in which its child begins.
SELECT pg_temp.rule('parent', '{a}', '{"high": 10}');
SELECT pg_temp.rule('child', '{b,c}', jsonb_build_object('high', 10, 'parent_rule', (SELECT id FROM alarm.rule WHERE name = 'parent')));
SELECT pg_temp.store('a 10 5', 'b 10 5', 'c 10 5'); SELECT pg_temp.tick(10);
SELECT pg_temp.store('a 11 12', 'b 11 12', 'c 11 12');
SELECT is(pg_temp.told('parent') || ' | ' || pg_temp.told('child'), 'raised | ', 'one power failure, one message: the children are suppressed at once');
SELECT pg_temp.tick(12);
SELECT is(pg_temp.told('child'), '', 'and stay so');
SELECT pg_temp.store('a 13 5', 'b 13 5', 'c 13 5'); SELECT pg_temp.tick(13);
SELECT is(pg_temp.told('child'), '', 'nobody heard of them, nobody hears their end');
SELECT pg_temp.store('a 14 12', 'b 14 5'); SELECT pg_temp.store('a 15 5', 'b 15 12');
SELECT is(pg_temp.told('child'), 'raised', 'a parent that ends in the batch suppresses nothing');
SELECT pg_temp.store('b 16 5'); SELECT pg_temp.store('a 17 12', 'a 18 5', 'b 17 12');
SELECT is(pg_temp.told('child'), 'raised cleared raised', 'nor does one that came and went within it');
SELECT pg_temp.store('b 19 5'); SELECT pg_temp.store('a 21 12', 'b 20 12');
SELECT is(pg_temp.told('child'), 'raised cleared raised cleared', 'a child of a second before its parent, in one batch: suppressed');
DELETE FROM alarm.rule WHERE name IN ('parent', 'child'); SELECT pg_temp.tick(22);

-- Re-alarm and escalation wait for people from the moment when people were told.
INSERT INTO plant.maintenance (equipment_id, title, starts_at, ends_at) VALUES ('k-1', 'w', pg_temp.at(22), pg_temp.at(1000));
SELECT pg_temp.rule('urgent', '{a}', '{"high": 10, "severity": "medium", "escalate_after": 60, "escalate_to": "critical"}');
SELECT pg_temp.rule('again', '{b}', '{"high": 10, "re_alarm": 60}');
SELECT pg_temp.store('a 30 12', 'b 30 12'); SELECT pg_temp.tick(200);
SELECT is(pg_temp.told('urgent') || pg_temp.told('again'), '', 'held: nobody is told');
SELECT pg_temp.tick(1000);
SELECT is(pg_temp.told('urgent') || ' | ' || pg_temp.told('again'), 'raised | raised', 'the window ends: told, not told and escalated, nor told twice');
SELECT pg_temp.tick(1059);
SELECT is(pg_temp.told('urgent'), 'raised', 'there is time to answer');
SELECT pg_temp.tick(1060);
SELECT is(pg_temp.told('urgent') || ' | ' || pg_temp.told('again'), 'raised escalated | raised realarmed', 'then it escalates');
SELECT alarm.take_out_of_service(pg_temp.open('again'), 'kim', 'x') \g /dev/null
SELECT alarm.return_to_service(pg_temp.open('again'), 'kim', 'x') \g /dev/null
SELECT is((SELECT announced_at <= clock_timestamp() FROM alarm.alarm WHERE id = pg_temp.open('again')), true, 'so it does when people end a hold');
DELETE FROM alarm.rule WHERE name IN ('urgent', 'again'); UPDATE plant.maintenance SET status = 'done'; SELECT pg_temp.tick(1201);

-- Latched: whether it is, its rule says now; a reset leaves alone what another limit has begun.
SELECT pg_temp.rule('latch', '{a}', '{"high": 10}');
SELECT pg_temp.store('a 1300 12'); UPDATE alarm.rule SET latched = true WHERE name = 'latch'; SELECT pg_temp.tick(1301);
SELECT pg_temp.store('a 1302 5');
SELECT lives_ok($$SELECT alarm.reset(pg_temp.open('latch'), 'kim')$$, 'one that became latched while it stood can be reset');
SELECT pg_temp.store('a 1303 12'); UPDATE alarm.rule SET latched = false WHERE name = 'latch'; SELECT pg_temp.tick(1304);
SELECT throws_ok($$SELECT alarm.reset(pg_temp.open('latch'), 'kim')$$, 'MW409', NULL, 'one that no longer is clears by itself');
SELECT pg_temp.rule('both', '{b}', '{"condition": "outside", "low": 5, "high": 10, "on_delay": 3, "latched": true}'); SELECT pg_temp.tick(1305);
SELECT pg_temp.store('b 1310 12', 'b 1314 1');
SELECT alarm.reset(pg_temp.open('both'), 'kim') \g /dev/null
SELECT pg_temp.tick(1318);
SELECT is((SELECT level FROM alarm.alarm WHERE id = pg_temp.open('both')), 'low', 'the other side fires in its own time');
SELECT is((SELECT raised_at FROM alarm.alarm WHERE id = pg_temp.open('both')), pg_temp.at(1317), 'as if nobody had reset');
SELECT pg_temp.store('b 1320 7', 'b 1321 12', 'b 1322 7');
SELECT alarm.reset(pg_temp.open('both'), 'kim') \g /dev/null
SELECT is((SELECT idle FROM alarm.state WHERE sensor_id = (SELECT id FROM plant.sensor WHERE equipment_id = 'k-1' AND name = 'b')), true, 'nothing begun, nothing left');
DELETE FROM alarm.rule WHERE name IN ('latch', 'both'); SELECT pg_temp.tick(1330);

-- Damping that is switched off damps no longer.
SELECT pg_temp.rule('chatter', '{a}', '{"high": 10, "chatter_count": 2, "chatter_window": 60, "chatter_quiet": 300}');
SELECT pg_temp.store('a 1400 12', 'a 1401 5', 'a 1402 12', 'a 1403 5'); SELECT pg_temp.tick(1404);
SELECT isnt(pg_temp.open('chatter'), NULL, 'damped: it stands');
UPDATE alarm.rule SET chatter_count = NULL WHERE name = 'chatter'; SELECT pg_temp.tick(1405);
SELECT is(pg_temp.open('chatter'), NULL, 'not damped: it clears');

-- What is over is not held back before anybody's eyes, and what was done to an alarm is told to who asks for it.
INSERT INTO relay.channel (name, kind, target, rate) VALUES ('k', 'webhook', 'https://example.com/k', 1000);
SELECT pg_temp.rule('acts', '{c}', '{"high": 10}');
SELECT pg_temp.store('c 1500 12');
INSERT INTO relay.route (name, channel_id, events) SELECT 'k', id, '{raised,out_of_service}' FROM relay.channel WHERE name = 'k';
SELECT alarm.acknowledge(pg_temp.open('acts'), 'kim') \g /dev/null
SELECT is((SELECT string_agg(o.event, ' ') FROM relay.delivery AS d JOIN relay.outbox AS o USING (seq) WHERE o.data ->> 'rule' = 'acts'), NULL,
    'a channel whose route is a moment old is not told of an acknowledgement that it does not ask for');
SELECT pg_temp.tick(1501); SELECT pg_temp.store('c 1502 5');
SELECT alarm.take_out_of_service(max(id), 'kim', 'x') FROM alarm.alarm WHERE code = 'acts' \g /dev/null
SELECT is(pg_temp.told('acts'), 'raised acknowledged cleared', 'an alarm that is over is not told to be out of service');

-- Numbers that a job works out: a delay ends no earlier than the job has come, and what stands is held against new limits.
UPDATE alarm.clock SET evaluated_to = pg_temp.at(1600); INSERT INTO alarm.clock SELECT c, pg_temp.at(1600) FROM unnest('{two_signal,windowed,no_data,baseline}'::text[]) AS c ON CONFLICT DO NOTHING;
CREATE FUNCTION pg_temp.judge(second float8) RETURNS void LANGUAGE sql AS $$ SELECT alarm.judge_derived(pg_temp.at(second)) $$;
SELECT pg_temp.rule('difference', '{a}', '{"condition": "two_signal", "high": 5, "on_delay": 3, "parameters": {"other": "b"}}');
SELECT pg_temp.store('a 1601 20', 'b 1600 10'); SELECT pg_temp.judge(1602);
SELECT pg_temp.store('a 1603 11'); SELECT pg_temp.tick(1606); SELECT pg_temp.judge(1607); SELECT pg_temp.tick(1608);
SELECT is(pg_temp.story('difference') || pg_temp.backtest('difference', 1608), '', 'the value that ends a delay was stored, and the job had not come to it: no alarm');
SELECT pg_temp.store('a 1610 20'); SELECT pg_temp.tick(1620);
SELECT is(pg_temp.story('difference'), '', 'nor does the clock go ahead of the job');
SELECT pg_temp.judge(1621); SELECT pg_temp.tick(1622);
SELECT is(pg_temp.story('difference'), 'raised@1613', 'then it is raised in its own time');
SELECT is(pg_temp.backtest('difference', 1622), 'raised@1613', 'as the backtest says');
UPDATE alarm.rule SET high = 50 WHERE name = 'difference'; SELECT pg_temp.tick(1623);
SELECT is(pg_temp.story('difference'), 'raised@1613 cleared@1613', 'a limit that is raised clears at once, without a sample');
UPDATE alarm.rule SET high = 9, on_delay = '0' WHERE name = 'difference'; SELECT pg_temp.tick(1624);
SELECT isnt(pg_temp.open('difference'), NULL, 'one that is tightened raises at once');
SELECT pg_temp.rule('difference too', '{a}', '{"condition": "two_signal", "high": 5, "parameters": {"other": "b"}}'); SELECT pg_temp.tick(1625);
SELECT is(pg_temp.story('difference too'), 'raised@1610', 'and so does a new rule');
SELECT pg_temp.rule('silent', '{c}', '{"condition": "no_data", "high": 5}');
SELECT pg_temp.store('c 1625 5'); SELECT pg_temp.tick(1634); SELECT pg_temp.judge(1634);
SELECT isnt(pg_temp.open('silent'), NULL, 'silent for longer than 5 s');
UPDATE alarm.rule SET high = 3600 WHERE name = 'silent'; SELECT pg_temp.tick(1635); SELECT pg_temp.judge(1635);
SELECT is(pg_temp.open('silent'), NULL, 'an hour of silence is allowed now: it clears at once');
SELECT pg_temp.rule('mean', '{a}', '{"condition": "windowed", "high": 5, "parameters": {"aggregate": "mean", "window": "5 minutes"}}');
SELECT pg_temp.judge(1800); SELECT pg_temp.tick(1800);
SELECT isnt(pg_temp.open('mean'), NULL, 'a mean beyond its limit');
UPDATE alarm.rule SET high = 30 WHERE name = 'mean'; SELECT pg_temp.tick(1801);
SELECT is(pg_temp.open('mean'), NULL, 'clears when its limit is raised');
UPDATE alarm.rule SET high = 5 WHERE name = 'mean'; SELECT pg_temp.tick(1802);
SELECT isnt(pg_temp.open('mean'), NULL, 'and comes again when that is taken back');

-- Values that come when the job has passed their time: a clock that is slow, a sensor that is new.
INSERT INTO plant.sensor (equipment_id, name, type) SELECT 'k-1', n, 'current' FROM unnest('{slow,base}'::text[]) AS n;
SELECT pg_temp.rule('slow', '{slow}', '{"condition": "two_signal", "high": 5, "parameters": {"other": "base"}}'); SELECT pg_temp.tick(1900);
SELECT pg_temp.store('base 1880 1'); SELECT pg_temp.judge(1905);
SET LOCAL test.way = '19 seconds';
SELECT pg_temp.store('slow 1890 2', 'slow 1891 20'); SELECT pg_temp.judge(1910);
SELECT is(pg_temp.story('slow'), 'raised@1891', 'a sensor 20 s slow is judged, though the job was there before');
SELECT pg_temp.store('slow 1896 2', 'slow 1897 20', 'slow 1898 2'); SELECT pg_temp.judge(1917);
SELECT is(pg_temp.story('slow'), 'raised@1891 cleared@1896 raised@1897 cleared@1898', 'each of its values');
SELECT pg_temp.judge(1920); SELECT pg_temp.judge(1925);
SELECT is(pg_temp.story('slow'), pg_temp.backtest('slow', 1925), 'once, as the backtest says');

-- A rule that the job has not seen yet: what came since the job's last run is the job's, all of it and in order.
RESET test.way;
INSERT INTO plant.sensor (equipment_id, name, type) SELECT 'k-1', n, 'current' FROM unnest('{new,old}'::text[]) AS n;
SELECT pg_temp.rule('unseen', '{new}', '{"condition": "two_signal", "high": 5, "on_delay": 2, "parameters": {"other": "old"}}');
SELECT pg_temp.store('new 1931 20', 'old 1931 1'); SELECT pg_temp.store('new 1934 19');
SELECT pg_temp.tick(1940);
SELECT is(pg_temp.story('unseen'), '', 'the clock does not judge what the job has not come to, nor end its delays');
SELECT pg_temp.judge(1941); SELECT pg_temp.tick(1942);
SELECT is(pg_temp.story('unseen'), 'raised@1933', 'the job judges from where it had come');
SELECT is(pg_temp.backtest('unseen', 1942), 'raised@1933', 'as the backtest says');

-- The value that the other sensor had then comes a second later, and the job runs between: alarm.tick_grace is waited for.
UPDATE ops.setting SET value = '"2 seconds"' WHERE name = 'alarm.tick_grace';
SELECT pg_temp.store('new 1950 3', 'old 1950 1'); SELECT pg_temp.judge(1955); SELECT pg_temp.tick(1958);
SELECT pg_temp.rule('pair', '{new}', '{"condition": "two_signal", "high": 5, "parameters": {"other": "old"}}'); SELECT pg_temp.tick(1959);
SELECT pg_temp.store('new 1960 20'); SELECT pg_temp.judge(1961); SELECT pg_temp.store('old 1960 19'); SELECT pg_temp.judge(1965);
SELECT is(pg_temp.story('pair'), '', 'two values of one moment that arrive one after the other are of one moment');
SELECT pg_temp.store('new 1970 30'); SELECT pg_temp.judge(1971);
SELECT is(pg_temp.story('pair'), '', 'a value is not judged as long as its partner may be on its way');
SELECT pg_temp.judge(1972);
SELECT is(pg_temp.story('pair'), 'raised@1970', 'but then it is');
SELECT matches(pg_temp.backtest('pair', 1972), ' raised@1970$', 'as the backtest says');

-- What a new limit raises without a verdict still says whose verdicts it is about: two bundles are two subjects.
SELECT pg_temp.rule('verdicts', NULL, '{"condition": "model_verdict", "parameters": {"consecutive": 3}}');
SELECT ml.record_predictions(jsonb_agg(jsonb_build_object('time', extract(epoch FROM pg_temp.at(1980)), 'equipment_id', 'k-1', 'power', p,
    'model_version', 'v1', 'source', 'mqtt', 'is_anomaly', true, 'confidence', 0.9, 'ratio', '{"current": 2}'::jsonb)))
FROM unnest('{1,2}'::text[]) AS p \g /dev/null
UPDATE alarm.rule SET parameters = '{"consecutive": 1}' WHERE name = 'verdicts'; SELECT pg_temp.tick(1981);
SELECT results_eq($$ SELECT alarm.subject(a) FROM alarm.alarm AS a WHERE a.code = 'verdicts' ORDER BY a.signal_id $$,
    $$ SELECT format('verdicts on k-1 power %s by autoencoder', p) FROM unnest('{1,2}'::text[]) AS p $$, 'each of its own bundle');
SELECT * FROM finish();
ROLLBACK;
