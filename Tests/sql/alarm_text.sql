-- Text is made when it is read, in the words of the moment that it tells of; a language is rows.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
CREATE FUNCTION pg_temp.at(seconds float8) RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz '2026-01-01 00:00:00Z' + make_interval(secs => seconds) $$;
CREATE FUNCTION pg_temp.give(sensor text, seconds float8, value float8) RETURNS integer LANGUAGE sql AS $$
    SELECT e.outbox_rows FROM plant.sensor AS s, alarm.evaluate_batch(ARRAY[s.id], ARRAY[pg_temp.at(seconds)], ARRAY[value]) AS e WHERE s.name = sensor $$;
CREATE FUNCTION pg_temp.alarm(rule text) RETURNS bigint LANGUAGE sql AS $$ SELECT max(id) FROM alarm.alarm WHERE code = rule $$;
-- what reads as text anywhere, of everything that was told so far
CREATE FUNCTION pg_temp.all_text(last_alarm bigint, last_seq bigint) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(E'\n',
        (SELECT string_agg(concat_ws(' ', a.id, alarm.message(a)), E'\n' ORDER BY a.id) FROM alarm.alarm AS a WHERE a.id <= last_alarm),
        (SELECT string_agg(concat_ws(' ', o.seq, o.data), E'\n' ORDER BY o.seq) FROM relay.outbox AS o WHERE o.seq <= last_seq),
        (SELECT string_agg(f.message::jsonb ->> 'data', E'\n' ORDER BY f.seq) FROM relay.fetch(0, 10000) AS f WHERE f.seq <= last_seq),
        (SELECT string_agg(concat_ws(' ', h.message_ko, h.message_en, h.message), E'\n' ORDER BY h.id) FROM report.alarm_history AS h WHERE h.id <= last_alarm),
        (SELECT string_agg(n ->> 'data', E'\n' ORDER BY n ->> 'seq') FROM jsonb_array_elements(api.list_notifications("limit" => 100) -> 'notifications') AS n
         WHERE (n ->> 'seq')::bigint <= last_seq))
$$;
-- each change of words is followed by the question whether what was told still reads as it did
CREATE TEMP TABLE told (step integer GENERATED ALWAYS AS IDENTITY, last_alarm bigint, last_seq bigint, text text);
CREATE FUNCTION pg_temp.unchanged(what text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN NEXT is((SELECT count(*) FROM told AS t WHERE t.text IS DISTINCT FROM pg_temp.all_text(t.last_alarm, t.last_seq)), 0::bigint, what);
    INSERT INTO told (last_alarm, last_seq, text)
    SELECT x.a, x.s, pg_temp.all_text(x.a, x.s) FROM (SELECT (SELECT max(id) FROM alarm.alarm), (SELECT last FROM relay.sequence)) AS x (a, s);
END $$;

INSERT INTO plant.equipment (id, name) VALUES ('T-1', 'T');
INSERT INTO plant.sensor (equipment_id, name, type, unit) VALUES ('T-1', 'a', 'temperature', 'Cel'), ('T-1', 'b', 'temperature', NULL);
INSERT INTO telemetry.latest (sensor_id, time, value, received_at) SELECT id, '-infinity', 0, now() FROM plant.sensor ON CONFLICT DO NOTHING;
INSERT INTO alarm.rule (name, condition, high, high_high, severity, severity_high_high, chatter_count, select_sensor) VALUES ('hot', 'above', 80, 95, 'high', 'critical', NULL, '{a}');
INSERT INTO alarm.rule (name, condition, high, chatter_count, select_sensor, message) VALUES
    ('own', 'above', 10, NULL, '{b}', '{"ko": "직접 {value} {severity}", "en": "own {value} {severity}"}');

-- nothing is put into words in the transaction that stores the value
SELECT is(pg_temp.give('a', 1, 90), 1, 'raised');
SELECT is((SELECT concat_ws(' ', n.data, n.moment) FROM relay.notification AS n ORDER BY seq DESC LIMIT 1), '', 'the outbox row refers to what happened and says nothing itself');
SELECT is((SELECT kept_message FROM alarm.alarm WHERE code = 'hot'), NULL, 'nor does the alarm');
SELECT is((SELECT alarm.message(a) FROM alarm.alarm AS a WHERE code = 'hot'),
    '{"ko": "장비 T-1 a 경보: 값 90 Cel, 한계 80 Cel (상한), 심각도 높음, 규칙 hot", "en": "Equipment T-1 a: value 90 Cel, limit 80 Cel (high), severity high, rule hot"}', 'it is made when it is read');
SELECT is((SELECT data -> 'message' FROM relay.outbox ORDER BY seq DESC LIMIT 1), (SELECT alarm.message(a) FROM alarm.alarm AS a WHERE code = 'hot'), 'in the outbox');
SELECT is((SELECT f.message::jsonb #> '{data,messages}' FROM relay.fetch((SELECT last - 1 FROM relay.sequence), 1) AS f), (SELECT alarm.message(a) FROM alarm.alarm AS a WHERE code = 'hot'), 'for WebSocket clients');
SELECT is((SELECT api.alert_json(a) -> 'messages' FROM alarm.alarm AS a WHERE code = 'hot'), (SELECT alarm.message(a) FROM alarm.alarm AS a WHERE code = 'hot'), 'over HTTP');
SELECT is((SELECT jsonb_build_object('ko', message_ko, 'en', message_en) FROM report.active_alarm WHERE rule = 'hot'), (SELECT alarm.message(a) FROM alarm.alarm AS a WHERE code = 'hot'), 'and for reports');
SELECT is(pg_temp.give('b', 1, 20), 1, 'a rule with words of its own');
SELECT is((SELECT alarm.message(a) FROM alarm.alarm AS a WHERE code = 'own'), '{"ko": "직접 20 보통", "en": "own 20 medium"}', 'is told in them');

-- what was told reads as it was told, whatever happens to the alarm and to the words
SELECT pg_temp.unchanged('the first of all');
SELECT pg_temp.give('a', 2, 99) \g /dev/null
SELECT pg_temp.unchanged('it became worse');
SELECT alarm.acknowledge(pg_temp.alarm('hot'), 'kim', 'seen') \g /dev/null
SELECT pg_temp.unchanged('it was acknowledged');
SELECT is((SELECT string_agg(concat_ws(' ', event, data ->> 'acknowledged', data ->> 'active'), ', ' ORDER BY seq) FROM relay.outbox WHERE data ->> 'rule' = 'hot'),
    'raised false true, severity_changed false true, acknowledged true true', 'each says what was so then');
SELECT alarm.shelve(pg_temp.alarm('own'), '1 hour', 'kim', 'x') \g /dev/null
SELECT alarm.unshelve(pg_temp.alarm('own'), 'kim') \g /dev/null
SELECT pg_temp.unchanged('it was held, and told again');
SELECT is((SELECT data ->> 'event' || coalesce(data ->> 'standing', '') FROM relay.outbox ORDER BY seq DESC LIMIT 1), 'unshelved', 'as it was');
UPDATE alarm.message_template SET body = 'changed {value}' WHERE condition = '*';
SELECT pg_temp.unchanged('the template was changed');
DELETE FROM alarm.message_template WHERE condition = '*' AND language = 'ko';
SELECT pg_temp.unchanged('or removed');
INSERT INTO alarm.message_template (condition, language, body) VALUES ('above', 'ko', '초과 {value}'), ('above:severity_changed', 'en', 'worse'), ('above', 'en', 'over {value}');
SELECT pg_temp.unchanged('or a better one was added');
UPDATE relay.phrase SET text = text || '!' WHERE key ~ '^(severity|level)[.]';
SELECT pg_temp.unchanged('a severity is called otherwise');
UPDATE plant.sensor SET name = 'a2', unit = 'K', type = 'pressure' WHERE name = 'a';
SELECT pg_temp.unchanged('the sensor got another name and unit');
UPDATE alarm.rule SET message = '{"ko": "새 {value}", "en": "new {value}"}' WHERE name IN ('own', 'hot');
SELECT pg_temp.unchanged('the rule got other words');
SELECT pg_temp.give('b', 5, 1) \g /dev/null
SELECT pg_temp.give('b', 6, 30) \g /dev/null
SELECT is((SELECT alarm.message(a) FROM alarm.alarm AS a WHERE id = pg_temp.alarm('own')), '{"ko": "새 30", "en": "new 30"}', 'which the next alarm has');
SELECT pg_temp.give('b', 7, 1) \g /dev/null
SELECT pg_temp.unchanged('the next alarm came and went');
SELECT alarm.acknowledge(pg_temp.alarm('own'), 'kim', 'late') \g /dev/null
SELECT pg_temp.unchanged('and was acknowledged when it was over');
DELETE FROM alarm.rule WHERE name IN ('own', 'hot');
SELECT alarm.tick() \g /dev/null
SELECT pg_temp.unchanged('the rule was removed');
SELECT is((SELECT event FROM relay.outbox WHERE data ->> 'rule' = 'hot' ORDER BY seq DESC LIMIT 1), 'cleared', 'which ends what it had raised');
DELETE FROM telemetry.latest WHERE sensor_id IN (SELECT id FROM plant.sensor WHERE name = 'a2');
DELETE FROM plant.sensor WHERE name = 'a2';
SELECT pg_temp.unchanged('the sensor was removed');
UPDATE plant.equipment SET id = 'T-2' WHERE id = 'T-1';
SELECT pg_temp.unchanged('the machine got another name');
SELECT cmp_ok((SELECT count(*) FROM told WHERE text ~ 'changed|초과|새 ' OR text ~ 'over '), '>', 0::bigint, 'new words are used, too');
SELECT cmp_ok((SELECT count(*) FROM relay.former_text), '>', 5::bigint, 'the old ones are kept');

-- system alarms: what they said when they were raised, though they say something else now
SELECT alarm.raise_system('odd:one', 'low', 'first', '{"a": 1}') \g /dev/null
SELECT pg_temp.unchanged('a system alarm');
SELECT alarm.raise_system('odd:one', 'high', 'second', '{"a": 2}') \g /dev/null
SELECT pg_temp.unchanged('said more');
SELECT is((SELECT array_agg(data #>> '{message,en}' || (data #>> '{data,a}') ORDER BY seq) FROM relay.outbox WHERE data ->> 'rule' = 'odd:one'),
    '{"System alarm odd:one: first1","System alarm odd:one: second2"}', 'each told as it was');

-- an alarm that is gone leaves no hole in what WebSocket clients resume from
SELECT is((SELECT count(*) FROM relay.fetch(0, 10000)), (SELECT last FROM relay.sequence), 'every number');
DELETE FROM alarm.alarm WHERE code = 'own';
SELECT is((SELECT count(*) FROM relay.fetch(0, 10000)), (SELECT last FROM relay.sequence), 'also of alarms that somebody removed');
SELECT is((SELECT count(*) FROM relay.outbox WHERE data ->> 'event' IS NULL), 0::bigint, 'with what is known');

-- what a dead letter says outlives the alarm
INSERT INTO relay.channel (name, kind, target) VALUES ('dead', 'webhook', 'https://example.com/');
INSERT INTO relay.delivery (seq, channel_id, status) SELECT max(o.seq), c.id, 'dead' FROM relay.outbox AS o, relay.channel AS c WHERE o.data ->> 'rule' = 'hot' AND c.name = 'dead' GROUP BY c.id;
CREATE TEMP TABLE dead AS SELECT o.seq, o.data FROM relay.outbox AS o JOIN relay.delivery AS d USING (seq) WHERE d.status = 'dead';
UPDATE alarm.alarm SET raised_at = '2000-01-01', cleared_at = '2000-01-02' WHERE code = 'hot';
CREATE TEMP TABLE aged AS SELECT o.seq, o.data FROM relay.outbox AS o JOIN dead USING (seq);
UPDATE relay.outbox SET created_at = created_at - INTERVAL '30 days';
UPDATE relay.former_text SET until = until - INTERVAL '30 days';
UPDATE plant.former_sensor SET until = until - INTERVAL '30 days';
SELECT cmp_ok(relay.purge(), '>', 3::bigint, 'notifications go in time');
SELECT alarm.raise_system('gone:now', 'low', 'x'), alarm.clear_system('gone:now') \g /dev/null
UPDATE alarm.alarm SET raised_at = '2000-01-01', cleared_at = '2000-01-02' WHERE code = 'gone:now';
CREATE TEMP TABLE late AS SELECT o.seq, o.data FROM relay.outbox AS o WHERE data ->> 'rule' = 'gone:now';
SELECT is(alarm.purge(), 2::bigint, 'then the alarm');
SELECT is((SELECT array_agg(o.data ORDER BY o.seq) FROM relay.outbox AS o JOIN late USING (seq)), (SELECT array_agg(data ORDER BY seq) FROM late), 'what was told lately of one that is gone still says it all');
SELECT is((SELECT o.data FROM relay.outbox AS o JOIN dead USING (seq)), (SELECT data FROM aged), 'a dead letter still says it all');

-- a value that looks like a field is no field
SELECT is((SELECT f.text FROM alarm.fill('{a} {b}', '{"a": "{b}", "b": "{a}"}') AS f), '{b} {a}', 'values are not read as fields');
SELECT is((SELECT f.text FROM alarm.fill(t, '{"a": "x"}') AS f), expected, format('%L', t))
FROM (VALUES ('{', '{'), ('}', '}'), ('{}', '{}'), ('{a', '{a'), ('a}', 'a}'), ('{a}{a}', 'xx'), ('{{a}}', '{x}'), ('{no}', '-'), ('{ a}', '{ a}'), ('{"a": 1}', '{"a": 1}'),
    ('한{a}글', '한x글')) AS v (t, expected);
SELECT * FROM finish();
ROLLBACK;
