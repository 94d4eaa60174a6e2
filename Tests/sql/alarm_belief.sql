-- What each receiver believes: who heard that an alarm stands hears that it cleared, who could not be told is told when the
-- hold ends, nothing is told twice, and what changes besides alarms (routes, channels, rules) is made good by the clock.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
INSERT INTO plant.equipment (id, name, type) VALUES ('b-1', 'b', 'pump');
INSERT INTO plant.sensor (equipment_id, name, type) VALUES ('b-1', 's', 'current'), ('b-1', 'p', 'current');
INSERT INTO alarm.rule (name, condition, high, high_high, severity, select_equipment, select_sensor, chatter_count)
VALUES ('high', 'above', 10, 100, 'medium', '{b-1}', '{s}', NULL);
INSERT INTO relay.channel (name, kind, target, rate) VALUES ('all', 'webhook', 'https://example.com/a', 1000), ('worst', 'webhook', 'https://example.com/w', 1000),
    ('raises', 'webhook', 'https://example.com/r', 1000);
INSERT INTO relay.route (name, channel_id, events, severities)
SELECT c.name, c.id, CASE c.name WHEN 'raises' THEN '{raised}'::text[] END, CASE c.name WHEN 'worst' THEN '{critical}'::text[] END
FROM relay.channel AS c WHERE c.kind = 'webhook';
-- one sample, whole seconds apart
CREATE SEQUENCE pg_temp.clock;
CREATE FUNCTION pg_temp.say(value float8, sensor text DEFAULT 's') RETURNS void LANGUAGE sql AS $$
    SELECT e.transitions FROM plant.sensor AS n, alarm.evaluate_batch(ARRAY[n.id], ARRAY[clock_timestamp() - interval '1 day' + nextval('pg_temp.clock') * interval '1 s'], ARRAY[value]) AS e
    WHERE n.equipment_id = 'b-1' AND n.name = say.sensor $$;
CREATE FUNCTION pg_temp.open() RETURNS bigint LANGUAGE sql AS $$ SELECT max(id) FROM alarm.alarm WHERE equipment_id = 'b-1' AND cleared_at IS NULL AND code = 'high' $$;
-- what came since the last look: to the stream, and to a channel
CREATE TEMP TABLE seen (who text PRIMARY KEY, seq bigint);
CREATE FUNCTION pg_temp.stream() RETURNS text LANGUAGE sql AS $$
    WITH new AS (SELECT o.seq, o.event FROM relay.outbox AS o WHERE o.seq > coalesce((SELECT seq FROM seen WHERE who = 'stream'), 0) AND o.data ->> 'rule' = 'high'),
    noted AS (INSERT INTO seen SELECT 'stream', max(seq) FROM new HAVING max(seq) IS NOT NULL ON CONFLICT (who) DO UPDATE SET seq = excluded.seq)
    SELECT coalesce(string_agg(event, ' ' ORDER BY seq), '') FROM new $$;
CREATE FUNCTION pg_temp.told(name text) RETURNS text LANGUAGE sql AS $$
    WITH new AS (SELECT d.id, coalesce(d.data ->> 'event', o.event) AS event FROM relay.delivery AS d JOIN relay.channel AS c ON c.id = d.channel_id LEFT JOIN relay.outbox AS o ON o.seq = d.seq
                 WHERE c.name = told.name AND d.id > coalesce((SELECT seq FROM seen WHERE who = told.name), 0)),
    noted AS (INSERT INTO seen SELECT told.name, max(id) FROM new HAVING max(id) IS NOT NULL ON CONFLICT (who) DO UPDATE SET seq = excluded.seq)
    SELECT coalesce(string_agg(event, ' ' ORDER BY id), '') FROM new $$;

SELECT pg_temp.say(5); SELECT pg_temp.say(11);
SELECT is(pg_temp.stream() || ' | ' || pg_temp.told('all') || ' | ' || pg_temp.told('worst') || ' | ' || pg_temp.told('raises'), 'raised | raised |  | raised', 'raised: told to whom it concerns');
SELECT pg_temp.say(101);
SELECT is(pg_temp.stream() || ' | ' || pg_temp.told('all') || ' | ' || pg_temp.told('worst') || ' | ' || pg_temp.told('raises'), 'severity_changed | severity_changed | severity_changed | ', 'medium becomes critical: who waits for critical hears of it');
SELECT pg_temp.say(5);
SELECT is(pg_temp.stream() || ' | ' || pg_temp.told('all') || ' | ' || pg_temp.told('worst') || ' | ' || pg_temp.told('raises'), 'cleared | cleared | cleared | ', 'cleared: to all who believe it stands and want to know');

-- crosses in a maintenance window and stays
INSERT INTO plant.maintenance (equipment_id, title, starts_at, ends_at, status) VALUES ('b-1', 'w', clock_timestamp() - interval '2 days', NULL, 'in_progress');
SELECT pg_temp.say(11);
SELECT alarm.tick();
SELECT is(pg_temp.stream() || ' | ' || pg_temp.told('all'), ' | ', 'raised in a window: nobody is told');
UPDATE plant.maintenance SET status = 'done';
SELECT alarm.tick();
SELECT is(pg_temp.stream() || ' | ' || pg_temp.told('all') || ' | ' || pg_temp.told('raises'), 'raised | raised | raised', 'the window ends, the alarm stands: told');
SELECT alarm.tick();
SELECT is(pg_temp.stream() || pg_temp.told('all'), '', 'once');
SELECT is((SELECT data ->> 'standing' FROM relay.outbox ORDER BY seq DESC LIMIT 1), 'true', 'and said to stand already');

-- told, then held, then cleared, then raised again, then the shelving ends
SELECT alarm.shelve(pg_temp.open(), '1 hour', 'kim') \g /dev/null
SELECT is(pg_temp.told('all'), '', 'a shelving is told to whom asks for it');
SELECT pg_temp.say(5);
SELECT is(pg_temp.stream() || ' | ' || pg_temp.told('all'), 'cleared | cleared', 'cleared while held: who heard raised hears it at once');
SELECT pg_temp.say(11);
SELECT is(pg_temp.stream() || ' | ' || pg_temp.told('all'), ' | ', 'its successor is held');
SELECT alarm.tick(clock_timestamp() + interval '61 min');
SELECT is(pg_temp.stream() || ' | ' || pg_temp.told('all'), 'raised | raised', 'and told when the shelving ends');

-- came and went while it was held
SELECT alarm.shelve(pg_temp.open(), '1 hour', 'kim') \g /dev/null
SELECT pg_temp.say(5);
SELECT pg_temp.stream(), pg_temp.told('all') \g /dev/null
SELECT pg_temp.say(11); SELECT pg_temp.say(5);
SELECT alarm.tick(clock_timestamp() + interval '61 min');
SELECT is(pg_temp.stream() || pg_temp.told('all') || pg_temp.told('worst'), '', 'what came and went stays silent');

-- stood unchanged through a shelving: told again, whatever the route's events say
SELECT pg_temp.say(11);
SELECT pg_temp.stream(), pg_temp.told('all'), pg_temp.told('raises') \g /dev/null
SELECT alarm.shelve(pg_temp.open(), '1 hour', 'kim') \g /dev/null
SELECT alarm.unshelve(pg_temp.open(), 'kim') \g /dev/null
SELECT is(pg_temp.stream() || ' | ' || pg_temp.told('all') || ' | ' || pg_temp.told('raises'), 'unshelved | unshelved | unshelved', 'stood through a shelving: told again');
-- two holds at once
SELECT alarm.shelve(pg_temp.open(), '1 hour', 'kim') \g /dev/null
SELECT alarm.suppress(pg_temp.open(), 'kim', 'x') \g /dev/null
SELECT alarm.unshelve(pg_temp.open(), 'kim') \g /dev/null
SELECT is(pg_temp.stream() || pg_temp.told('all'), '', 'one of two holds ends: still held');
SELECT alarm.unsuppress(pg_temp.open(), 'kim', 'x') \g /dev/null
SELECT is(pg_temp.stream() || ' | ' || pg_temp.told('all'), 'unsuppressed | unsuppressed', 'the other ends, too');
SELECT alarm.take_out_of_service(pg_temp.open(), 'kim', 'x') \g /dev/null
SELECT pg_temp.say(101);
SELECT is(pg_temp.stream() || pg_temp.told('worst'), '', 'worse while out of service: silent');
SELECT alarm.return_to_service(pg_temp.open(), 'kim', 'x') \g /dev/null
SELECT is(pg_temp.stream() || ' | ' || pg_temp.told('worst'), 'in_service | in_service', 'and told as it is now when it returns');

-- routes, channels and rules that change while it stands
SELECT pg_temp.told('all') \g /dev/null
INSERT INTO relay.channel (name, kind, target, rate, available) VALUES ('late', 'webhook', 'https://example.com/l', 1000, false);
INSERT INTO relay.route (name, channel_id) SELECT 'late', id FROM relay.channel WHERE name = 'late';
SELECT alarm.tick();
SELECT is(pg_temp.told('late'), '', 'a channel that cannot be reached is told nothing yet');
UPDATE relay.channel SET available = true WHERE name = 'late';
SELECT alarm.tick();
SELECT is(pg_temp.told('late') || ' | ' || pg_temp.stream() || ' | ' || pg_temp.told('all'), 'raised |  | ', 'reachable: it learns what stands, and nobody else hears it again');
SELECT is((SELECT count(*) FROM relay.delivery WHERE seq IS NULL), 1::bigint, 'for it alone: no number of the stream is spent');
UPDATE relay.channel SET available = false WHERE name = 'late';
SELECT pg_temp.say(5);
SELECT pg_temp.say(11);
SELECT alarm.tick();
SELECT is(pg_temp.told('late'), '', 'away while it clears and comes again');
UPDATE relay.channel SET available = true WHERE name = 'late';
SELECT alarm.tick();
SELECT is(pg_temp.told('late'), 'cleared raised', 'back: the end of the old, the new one that stands');
SELECT pg_temp.stream(), pg_temp.told('all'), pg_temp.told('worst'), pg_temp.told('raises') \g /dev/null
UPDATE relay.route SET severities = NULL WHERE name = 'worst';
SELECT alarm.tick();
SELECT is(pg_temp.told('worst'), 'raised', 'a route that is widened learns what stands');
UPDATE relay.route SET severities = '{critical}' WHERE name = 'worst';
SELECT alarm.tick();
SELECT is(pg_temp.told('worst'), '', 'narrowed: nothing is taken back');
SELECT pg_temp.say(5);
SELECT is(pg_temp.told('worst') || ' | ' || pg_temp.told('late'), 'cleared | cleared', 'but the end is told');
UPDATE alarm.rule SET notify = '{}' WHERE name = 'high';
SELECT pg_temp.stream(), pg_temp.told('all') \g /dev/null
SELECT pg_temp.say(11);
SELECT alarm.tick();
SELECT is(pg_temp.stream() || pg_temp.told('all'), '', 'a rule that tells nothing');
UPDATE alarm.rule SET notify = NULL WHERE name = 'high';
SELECT alarm.tick();
SELECT is(pg_temp.stream() || ' | ' || pg_temp.told('all'), 'raised | raised', 'and then something: what stands is told');
DELETE FROM relay.route WHERE name = 'all';
SELECT alarm.tick();
SELECT pg_temp.say(5);
SELECT is(pg_temp.told('all'), 'cleared', 'a channel whose routes are gone still hears the end of what it believes');
SELECT is((SELECT count(*) FROM alarm.told), 0::bigint, 'nobody believes anything now');

-- a parent's alarm ends, its child stands
INSERT INTO alarm.rule (name, condition, high, select_equipment, select_sensor, chatter_count) VALUES ('parent', 'above', 10, '{b-1}', '{p}', NULL);
UPDATE alarm.rule SET parent_rule = (SELECT id FROM alarm.rule WHERE name = 'parent') WHERE name = 'high';
SELECT pg_temp.stream() \g /dev/null
SELECT pg_temp.say(11, 'p'); SELECT pg_temp.say(11); SELECT alarm.tick();
SELECT is(pg_temp.stream(), '', 'suppressed by its parent');
SELECT pg_temp.say(5, 'p'); SELECT alarm.tick();
SELECT is(pg_temp.stream(), 'raised', 'the parent clears: the child is told');

-- what Tests/alarms found
CREATE FUNCTION pg_temp.batch(value float8[]) RETURNS void LANGUAGE sql AS $$
    SELECT e.transitions FROM plant.sensor AS n,
        (SELECT array_agg(clock_timestamp() - interval '1 day' + nextval('pg_temp.clock') * interval '1 s' ORDER BY i) AS time FROM generate_subscripts(value, 1) AS i) AS t,
        alarm.evaluate_batch(array_fill(n.id, ARRAY[cardinality(t.time)]), t.time, value) AS e
    WHERE n.equipment_id = 'b-1' AND n.name = 's' $$;
CREATE FUNCTION pg_temp.look() RETURNS void LANGUAGE sql AS $$ SELECT pg_temp.stream(), pg_temp.told('late'), pg_temp.told('worst'), pg_temp.told('raises') $$;
UPDATE alarm.rule SET parent_rule = NULL WHERE name = 'high';
SELECT pg_temp.say(5, 'p'); SELECT pg_temp.say(5); SELECT pg_temp.say(11); SELECT pg_temp.look();
SELECT alarm.shelve(pg_temp.open(), '1 hour', 'kim') \g /dev/null
INSERT INTO plant.maintenance (equipment_id, title, starts_at, ends_at, status) VALUES ('b-1', 'w2', clock_timestamp() - interval '2 days', NULL, 'in_progress');
SELECT alarm.tick();
UPDATE plant.maintenance SET status = 'done';
SELECT pg_temp.look();
SELECT alarm.tick(clock_timestamp() + interval '61 min');
SELECT matches(pg_temp.stream() || ' | ' || pg_temp.told('late'), '^un(shelved|suppressed) \| un(shelved|suppressed)$', 'two holds end in one second: told once');
SELECT alarm.shelve(pg_temp.open(), '1 hour', 'kim', NULL, true) \g /dev/null
SELECT pg_temp.look();
SELECT pg_temp.batch('{5,11}');
SELECT is(pg_temp.stream() || ' | ' || pg_temp.told('late'), 'cleared raised | cleared raised', 'a one-shot shelving ends with its alarm, also within a batch');
SELECT alarm.shelve(pg_temp.open(), '1 hour', 'kim', NULL, true) \g /dev/null
UPDATE alarm.rule SET enabled = false WHERE name = 'high'; SELECT alarm.tick();
SELECT is((SELECT count(*) FROM alarm.hold WHERE ended_at IS NULL AND kind = 'one_shot'), 0::bigint, 'and with an alarm that ends because its rule does');
UPDATE alarm.rule SET enabled = true WHERE name = 'high'; SELECT pg_temp.say(5); SELECT alarm.tick(); SELECT pg_temp.look();

SELECT pg_temp.batch('{11,101}');
SELECT is(pg_temp.told('raises') || ' | ' || pg_temp.told('worst'), 'raised | severity_changed', 'raised and worse in one batch: who asks for raises hears one');
SELECT pg_temp.batch('{5}'); SELECT pg_temp.look();
SELECT pg_temp.batch('{101,11,5}');
SELECT is(pg_temp.told('worst'), 'raised cleared', 'who heard the worst within a batch hears the end, whatever severity it clears with');
SELECT pg_temp.look();
UPDATE alarm.rule SET notify = '{}' WHERE name = 'high'; SELECT pg_temp.batch('{11}'); SELECT pg_temp.batch('{101}');
UPDATE alarm.rule SET notify = NULL WHERE name = 'high'; SELECT alarm.tick();
SELECT is((SELECT o.event || ' ' || o.severity || ' ' || (o.data ->> 'severity') FROM relay.outbox AS o ORDER BY o.seq DESC LIMIT 1), 'raised critical critical', 'told late: as bad as it is now');
SELECT pg_temp.look();
INSERT INTO relay.route (name, channel_id) SELECT 'all', id FROM relay.channel WHERE name = 'all'; SELECT alarm.tick();
SELECT is((SELECT d.data ->> 'severity' FROM relay.delivery AS d ORDER BY d.id DESC LIMIT 1), 'critical', 'and so is a route that comes late');
UPDATE relay.channel SET available = false WHERE name = 'all';
SELECT pg_temp.batch('{11}'); SELECT pg_temp.told('all') \g /dev/null
UPDATE relay.channel SET available = true WHERE name = 'all'; SELECT alarm.tick(); SELECT alarm.tick();
SELECT is(pg_temp.told('all') || ' ' || (SELECT d.data ->> 'severity' FROM relay.delivery AS d ORDER BY d.id DESC LIMIT 1), 'severity_changed medium', 'and a channel that was away while it changed');
SELECT pg_temp.batch('{5}'); SELECT pg_temp.look();
UPDATE alarm.rule SET notify = '{raised}' WHERE name = 'high'; SELECT pg_temp.batch('{11,5}'); SELECT alarm.tick();
SELECT is(pg_temp.told('late'), 'raised', 'a rule that tells no clears tells them to no channel');
SELECT is((SELECT count(*) FROM alarm.told), 0::bigint, 'nor is it forgotten to forget');
UPDATE alarm.rule SET notify = '{cleared,severity_changed}' WHERE name = 'high'; SELECT pg_temp.look();
SELECT pg_temp.batch('{11}'); SELECT pg_temp.batch('{101}'); SELECT pg_temp.batch('{5}'); SELECT alarm.tick();
SELECT is(pg_temp.stream() || ' | ' || pg_temp.told('late'), 'severity_changed cleared | severity_changed cleared', 'who heard in another way that it stands hears the end, too');

-- off and on again: still one subject, so what is told of it stays in order; and holds are of the rule and sensor
UPDATE alarm.rule SET notify = NULL WHERE name = 'high'; SELECT pg_temp.batch('{11}');
UPDATE alarm.rule SET enabled = false WHERE name = 'high'; SELECT alarm.tick();
UPDATE alarm.rule SET enabled = true WHERE name = 'high'; SELECT pg_temp.batch('{12}');
SELECT is((SELECT count(DISTINCT alarm.subject(a)) || ' ' || count(*) FROM (SELECT a FROM alarm.alarm AS a WHERE code = 'high' ORDER BY id DESC LIMIT 2) AS a (a)), '1 2', 'a rule that was off and on again is one subject');
SELECT alarm.shelve(pg_temp.open(), '1 hour', 'kim') \g /dev/null
SELECT alarm.suppress(pg_temp.open(), 'kim', 'x') \g /dev/null
SELECT pg_temp.open() AS cleared \gset
SELECT pg_temp.batch('{5,11}'); SELECT pg_temp.look();
SELECT alarm.unshelve(:cleared, 'kim') \g /dev/null
SELECT alarm.unsuppress(:cleared, 'kim', 'x') \g /dev/null
SELECT is(pg_temp.stream() || ' | ' || pg_temp.told('late'), 'raised | raised', 'a hold that is ended on an alarm that has cleared ends for its successor');
SELECT alarm.take_out_of_service(:cleared, 'kim', 'x') \g /dev/null
SELECT ok((SELECT out_of_service FROM alarm.alarm WHERE id = pg_temp.open()), 'and one that is begun there holds it');
SELECT alarm.return_to_service(pg_temp.open(), 'kim', 'x') \g /dev/null
SELECT alarm.take_out_of_service(pg_temp.open(), 'kim', 'x') \g /dev/null
SELECT alarm.return_to_service(:cleared, 'kim', 'x') \g /dev/null
SELECT ok((SELECT NOT out_of_service FROM alarm.alarm WHERE id = pg_temp.open()), 'in either order');
SELECT pg_temp.batch('{5}'); SELECT pg_temp.look();

-- timers: the limit moves, or its parent comes, before or when they fire
UPDATE alarm.rule SET notify = NULL, on_delay = '1 second' WHERE name = 'high'; SELECT alarm.tick(); SELECT pg_temp.look();
SELECT pg_temp.say(11);
UPDATE telemetry.latest AS l SET time = s.last_time, value = 11, quality = 0 FROM alarm.state AS s JOIN plant.sensor AS n ON n.id = s.sensor_id AND n.name = 's' WHERE l.sensor_id = s.sensor_id AND s.last_value = 11;
UPDATE alarm.rule SET high = 50 WHERE name = 'high'; SELECT alarm.tick();
SELECT is(pg_temp.stream(), '', 'a delay that an older limit began raises nothing');
UPDATE telemetry.latest SET time = '-infinity', value = NULL, quality = 0 WHERE value = 11;
UPDATE alarm.rule SET high = 10 WHERE name = 'high'; SELECT pg_temp.say(5); SELECT alarm.tick(); SELECT pg_temp.look();
SELECT alarm.evaluate_batch(ARRAY[n.id, n.id], ARRAY[x.time, x.time + interval '1 s'], ARRAY[11.0::float8, 5])
FROM plant.sensor AS n, (SELECT clock_timestamp() - interval '1 day' + nextval('pg_temp.clock') * interval '1 s' AS time, nextval('pg_temp.clock')) AS x WHERE n.equipment_id = 'b-1' AND n.name = 's' \g /dev/null
SELECT is(pg_temp.stream() || ' | ' || pg_temp.told('late'), 'raised cleared | raised cleared', 'raised and cleared at one moment, in that order');
UPDATE alarm.rule SET on_delay = '1 second' WHERE name = 'parent';
UPDATE alarm.rule SET parent_rule = (SELECT id FROM alarm.rule WHERE name = 'parent') WHERE name = 'high';
SELECT alarm.tick(); SELECT pg_temp.look();
SELECT pg_temp.say(11); SELECT pg_temp.say(11, 'p'); SELECT alarm.tick();
SELECT is((SELECT count(*) FROM alarm.alarm WHERE cleared_at IS NULL AND equipment_id = 'b-1'), 2::bigint, 'parent and child fire in one second');
SELECT pg_temp.say(5);
SELECT is(pg_temp.stream(), '', 'raised and suppressed in one second: neither its raise is told nor its end');
SELECT pg_temp.say(5, 'p'); SELECT alarm.tick();
UPDATE alarm.rule SET parent_rule = NULL, on_delay = '0' WHERE name = 'high';
UPDATE alarm.rule SET on_delay = '0' WHERE name = 'parent'; SELECT alarm.tick(); DELETE FROM relay.route WHERE name = 'all';
SELECT pg_temp.look();
SELECT is((SELECT count(*) FROM alarm.told), 0::bigint, 'nothing is believed when all is over');

-- raised and cleared in one batch
SELECT pg_temp.say(5); SELECT pg_temp.stream(), pg_temp.told('late') \g /dev/null
SELECT alarm.evaluate_batch(ARRAY[n.id, n.id], ARRAY[clock_timestamp() - interval '2 s', clock_timestamp() - interval '1 s'], ARRAY[11.0::float8, 5]) FROM plant.sensor AS n WHERE n.equipment_id = 'b-1' AND n.name = 's' \g /dev/null
SELECT is(pg_temp.stream() || ' | ' || pg_temp.told('late'), 'raised cleared | raised cleared', 'both in one batch, in order');
SELECT is((SELECT count(*) FROM alarm.told), 0::bigint, 'and nothing is believed afterwards');

-- deliveries: in order, one at a time, folded, at the channel's rate, with a back-off of its own
UPDATE relay.delivery SET status = 'delivered';
CREATE FUNCTION pg_temp.claimed(name text) RETURNS text LANGUAGE sql AS $$ SELECT coalesce(string_agg(q.body::jsonb #>> '{data,event}' || coalesce(' ' || (q.body::jsonb #>> '{data,folded}'), ''), ', '), '') FROM relay.claim_deliveries('w', 100) AS q WHERE q.channel = claimed.name $$;
UPDATE relay.channel SET enabled = name = 'late';
INSERT INTO alarm.rule (name, condition, high, select_equipment, select_sensor, chatter_count) VALUES ('again', 'above', 10, '{b-1}', '{p}', NULL);
SELECT alarm.evaluate_batch(ARRAY[n.id], ARRAY[clock_timestamp()], ARRAY[11.0::float8]) FROM plant.sensor AS n WHERE n.equipment_id = 'b-1' AND n.name = 's' \g /dev/null
SELECT is(pg_temp.claimed('late'), 'raised', 'raised is under way');
SELECT alarm.evaluate_batch(ARRAY[n.id], ARRAY[clock_timestamp()], ARRAY[5.0::float8]) FROM plant.sensor AS n WHERE n.equipment_id = 'b-1' AND n.name = 's' \g /dev/null
SELECT is(pg_temp.claimed('late'), '', 'cleared waits until it has arrived');
SELECT alarm.evaluate_batch(ARRAY[n.id], ARRAY[clock_timestamp()], ARRAY[12.0::float8]) FROM plant.sensor AS n WHERE n.equipment_id = 'b-1' AND n.name = 's' \g /dev/null
SELECT relay.finish_delivery(id, 'w', false, 503, 'away', 20000) FROM relay.delivery WHERE status = 'sending' \g /dev/null
SELECT is(pg_temp.claimed('late'), '', 'a channel that fails is left alone, all of it');
SELECT ok(relay.next_due() > clock_timestamp() + interval '15 s', 'for as long as it asked');
UPDATE relay.channel_state SET paused_until = NULL;
UPDATE relay.delivery SET next_attempt_at = clock_timestamp() WHERE status = 'pending';
SELECT matches(pg_temp.claimed('late'), '^raised \[.*"raised".*"cleared".*\]$', 'what was overtaken is folded into the newest, which says so');
SELECT is((SELECT count(*) FROM relay.delivery WHERE status = 'folded'), 2::bigint, 'two were folded');
SELECT relay.finish_delivery(id, 'w', true, 200, NULL, NULL) FROM relay.delivery WHERE status = 'sending' \g /dev/null
SELECT is((SELECT failures FROM relay.channel_state AS s JOIN relay.channel AS c ON c.id = s.channel_id WHERE c.name = 'late'), 0, 'success ends the back-off');
-- rate and digest
UPDATE relay.channel SET rate = 1, digest_over = 5 WHERE name = 'late';
INSERT INTO plant.sensor (equipment_id, name, type) SELECT 'b-1', 'd' || i, 'current' FROM generate_series(1, 9) AS i;
INSERT INTO alarm.rule (name, condition, high, select_equipment, select_sensor, chatter_count) VALUES ('many', 'above', 10, '{b-1}', '{d*}', NULL);
SELECT alarm.evaluate_batch(array_agg(n.id ORDER BY n.id), array_agg(clock_timestamp()), array_agg(11.0::float8)) FROM plant.sensor AS n WHERE n.equipment_id = 'b-1' AND n.name IN ('d1', 'd2', 'd3') \g /dev/null
SELECT is((SELECT count(*) FROM relay.claim_deliveries('w', 100)), 1::bigint, 'one message a second');
SELECT is((SELECT count(*) FROM relay.claim_deliveries('w', 100)), 0::bigint, 'and no second one now');
SELECT relay.finish_delivery(id, 'w', true, 200, NULL, NULL) FROM relay.delivery WHERE status = 'sending' \g /dev/null
SELECT alarm.evaluate_batch(array_agg(n.id ORDER BY n.id), array_agg(clock_timestamp()), array_agg(11.0::float8)) FROM plant.sensor AS n WHERE n.equipment_id = 'b-1' AND n.name ~ 'd[4-9]' \g /dev/null
UPDATE relay.channel_state SET next_free = clock_timestamp() - interval '1 s';
CREATE TEMP TABLE digest AS SELECT q.body::jsonb AS body FROM relay.claim_deliveries('w', 100) AS q;
SELECT is((SELECT count(*) FROM digest), 1::bigint, 'beyond the backlog one digest');
SELECT is((SELECT body #>> '{data,event}' || ' ' || jsonb_array_length(body #> '{data,items}') FROM digest), 'digest 8', 'which names every alarm that waits');
SELECT ok((SELECT body #>> '{data,message,ko}' FROM digest) ~ '^알람 8건', 'in the channel''s language');
SELECT alarm.evaluate_batch(ARRAY[n.id], ARRAY[clock_timestamp()], ARRAY[5.0::float8]) FROM plant.sensor AS n WHERE n.equipment_id = 'b-1' AND n.name = 'd5' \g /dev/null
UPDATE relay.channel_state SET next_free = clock_timestamp() - interval '1 s';
SELECT is(pg_temp.claimed('late'), '', 'what a digest under way tells of is not overtaken');
SELECT relay.finish_delivery(id, 'w', true, 200, NULL, NULL) FROM relay.delivery WHERE status = 'sending' \g /dev/null
UPDATE relay.channel_state SET next_free = clock_timestamp() - interval '1 s';
SELECT is(pg_temp.claimed('late'), 'cleared', 'but follows it');
SELECT alarm.evaluate_batch(array_agg(n.id ORDER BY n.id), array_agg(clock_timestamp()), array_agg(CASE WHEN n.name = 'd5' THEN 11.0::float8 ELSE 5 END)) FROM plant.sensor AS n WHERE n.equipment_id = 'b-1' AND n.name ~ 'd[4-9]' \g /dev/null
UPDATE relay.channel_state SET next_free = clock_timestamp() - interval '1 s';
SELECT is(pg_temp.claimed('late'), '', 'and a digest waits for what is under way about any of its subjects');
SELECT relay.finish_delivery(id, 'w', true, 200, NULL, NULL) FROM relay.delivery WHERE status = 'sending' \g /dev/null
UPDATE relay.channel_state SET next_free = clock_timestamp() - interval '1 s';
SELECT is(pg_temp.claimed('late'), 'digest', 'and then goes');
SELECT relay.finish_delivery(id, 'w', true, 200, NULL, NULL) FROM relay.delivery WHERE status = 'sending' \g /dev/null
SELECT is((SELECT count(*) FROM relay.delivery WHERE status = 'pending'), 0::bigint, 'and nothing is left');
UPDATE relay.outbox SET created_at = now() - interval '30 days';
UPDATE relay.delivery SET created_at = now() - interval '30 days';
SELECT relay.purge() \g /dev/null
SELECT is((SELECT string_agg(format('%s %s %s %s', d.id, d.seq, d.status, d.folded_into), '; ') FROM relay.delivery AS d), NULL, 'all of it is purged when its time is over');
-- no English word in a Korean message
SELECT ok(relay.render('email', 'ko', 'alarm', e.event, s.name, 'x', 1, now(), '{"message": {"ko": "메시지"}, "occurred_at": "1"}')::jsonb ->> 'text' !~ '[A-Za-z]{3,}' OR
          regexp_replace(relay.render('email', 'ko', 'alarm', e.event, s.name, 'x', 1, now(), '{"message": {"ko": "메시지"}, "occurred_at": "1"}')::jsonb ->> 'text', 'Millwright', '') !~ '[A-Za-z]{3,}', format('Korean: %s, %s', e.event, s.name))
FROM alarm.severity AS s, (SELECT DISTINCT substr(key, 7) AS event FROM relay.phrase WHERE key LIKE 'event.%') AS e;
SELECT is((SELECT count(*) FROM relay.phrase AS p CROSS JOIN relay.language AS l WHERE NOT EXISTS (SELECT FROM relay.phrase AS o WHERE o.key = p.key AND o.language = l.code)), 0::bigint, 'every phrase in every language');
SELECT is((SELECT count(*) FROM pg_constraint AS c CROSS JOIN LATERAL regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''', 'g') AS m WHERE c.conname = 'transition_kind_check' AND relay.phrase('event.' || m[1], 'ko') IS NULL), 0::bigint, 'every transition has a word');
SELECT * FROM finish();
ROLLBACK;
