-- A language is rows: words, templates, and who is told in it. Korean is Korean throughout.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
INSERT INTO plant.equipment (id, name) VALUES ('1-1', '펌프');
INSERT INTO plant.sensor (equipment_id, name, type) VALUES ('1-1', '2', 'temperature');
INSERT INTO relay.channel (name, kind, target) SELECT 'c ' || k, k, t
FROM (VALUES ('slack_webhook', 'https://example.com/'), ('email', 'mailto:a@b.c'), ('webhook', 'https://example.com/')) AS v (k, t);
SELECT is((SELECT array_agg(DISTINCT language) FROM relay.channel WHERE name LIKE 'c %'), '{ko}', 'a channel that names no language has the default one');
CREATE FUNCTION pg_temp.body(kind text, language text, data jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT relay.render(kind, language, data ->> 'kind', data ->> 'event', data ->> 'severity', data ->> 'device_id', 1, now(), data) $$;

-- Every seeded template, raised and otherwise, with every severity and limit, in every language: filled in whole, and no word
-- of English in Korean. Names here are digits and Korean, so what is left in letters is a word of ours.
CREATE FUNCTION pg_temp.sample(condition text, event text, severity text, level text, more jsonb) RETURNS relay.notification LANGUAGE plpgsql AS $$
DECLARE
    v_alarm bigint;
    n relay.notification;
BEGIN
    INSERT INTO alarm.alarm (code, condition, equipment_id, sensor_id, level, severity, worst_severity, value, limit_value, peak_value, raised_at,
        cleared_at, active, announced_at, data)
    SELECT CASE WHEN is_system THEN sample.condition || ':6' ELSE '3' END, CASE WHEN is_system THEN 'system' ELSE sample.condition END,
           CASE WHEN NOT is_system THEN '1-1' END, CASE WHEN NOT is_system THEN (SELECT id FROM plant.sensor WHERE name = '2') END,
           level, severity, severity, 90.5, 80, 95, now(), now(), false, now(), more
    FROM (SELECT sample.condition <> '*' AND NOT EXISTS (SELECT FROM alarm.condition AS c WHERE c.name = sample.condition) AS is_system) AS x
    RETURNING id INTO v_alarm;
    INSERT INTO alarm.transition (alarm_id, kind, occurred_at, severity, level, value, limit_value)
    VALUES (v_alarm, 'raised', now(), severity, level, 90.5, 80);
    INSERT INTO alarm.transition (alarm_id, kind, occurred_at, severity, level, value, limit_value)
    VALUES (v_alarm, event, now(), severity, level, 90.5, 80) RETURNING id INTO n.transition_id;
    n.kind := 'alarm'; n.event := event; n.severity := severity; n.created_at := clock_timestamp();
    n.moment := CASE WHEN more <> '{}' THEN jsonb_build_object('data', more) END;
    RETURN n;
END $$;
CREATE TEMP TABLE made AS
SELECT t.condition, e.event, s.name AS severity, l.level, n.n
FROM (SELECT DISTINCT split_part(m.condition, ':', 1) AS condition FROM alarm.message_template AS m
      WHERE split_part(m.condition, ':', 1) NOT IN ('cleared', 'retracted', 'reinstated', 'system')
      UNION SELECT c.name FROM alarm.condition AS c) AS t
CROSS JOIN unnest('{raised,cleared,severity_changed,acknowledged,realarmed,escalated,retracted,reinstated}'::text[]) AS e (event)
CROSS JOIN alarm.severity AS s
CROSS JOIN unnest('{low_low,low,high,high_high,inside}'::text[]) AS l (level)
CROSS JOIN LATERAL (SELECT CASE t.condition
    WHEN 'model_verdict' THEN jsonb_build_object('model_version', '4', 'power', '5', 'confidence', 0.5, 'modality', 'vibration')
        || CASE WHEN l.level <> 'low' THEN '{"fault": "bearing"}' ELSE '{}' END::jsonb
    WHEN 'champion' THEN '{"champion": "7", "status": "missing", "serving": null}'
    ELSE '{}' END AS data) AS d
CROSS JOIN LATERAL (SELECT pg_temp.sample(t.condition, e.event, s.name, l.level, d.data) AS n OFFSET 0) AS n
WHERE (l.level = 'high' OR (e.event = 'raised' AND s.name = 'high'))
  -- only what is judged by samples is taken back
  AND (e.event NOT IN ('retracted', 'reinstated') OR EXISTS (SELECT FROM alarm.condition AS c WHERE c.name = t.condition));
-- units are written alike in all languages
CREATE FUNCTION pg_temp.without_units(text) RETURNS text LANGUAGE sql AS $$ SELECT regexp_replace($1, '([0-9])GB', '\1', 'g') $$;
CREATE TEMP TABLE sample AS SELECT m.condition, m.event, m.severity, m.level, relay.content(m.n) AS data FROM made AS m;
SELECT cmp_ok((SELECT count(*) FROM sample), '>', 400::bigint, 'there are templates');
SELECT is_empty($$SELECT s.condition, s.event, l.code, s.data #>> ARRAY['message', l.code] FROM sample AS s CROSS JOIN relay.language AS l
    WHERE coalesce(s.data #>> ARRAY['message', l.code], '{') ~ '[{}]'$$, 'every template is filled in whole, in every language');
SELECT is_empty($$SELECT DISTINCT s.condition, s.event, s.data #>> '{message,ko}' FROM sample AS s WHERE pg_temp.without_units(s.data #>> '{message,ko}') ~ '[A-Za-z]{2,}'$$,
    'no word of English in a Korean message');
SELECT is_empty($$SELECT DISTINCT s.condition, s.event, k, b.text FROM sample AS s CROSS JOIN unnest('{slack_webhook,email}'::text[]) AS k
    CROSS JOIN LATERAL (SELECT CASE k WHEN 'email' THEN (b.body::jsonb ->> 'subject') || E'\n' || (b.body::jsonb ->> 'text')
        ELSE concat_ws(E'\n', b.body::jsonb ->> 'text', b.body::jsonb #>> '{attachments,0,fallback}',
            (SELECT string_agg(concat_ws(' ', f ->> 'title', f ->> 'value'), E'\n') FROM jsonb_array_elements(b.body::jsonb #> '{attachments,0,fields}') AS f)) END AS text
        FROM (SELECT pg_temp.body(k, 'ko', s.data) AS body) AS b) AS b
    WHERE pg_temp.without_units(replace(b.text, 'Millwright', '')) ~ '[A-Za-z]{2,}'$$, 'nor around it');
SELECT ok((SELECT data #>> '{message,ko}' FROM sample WHERE condition = 'model_verdict' AND event = 'raised' AND level = 'high' LIMIT 1) ~ '베어링 결함', 'a fault that was named is told');
SELECT ok((SELECT data #>> '{message,en}' FROM sample WHERE condition = 'model_verdict' AND event = 'raised' AND level = 'low' LIMIT 1) ~ 'anomaly', 'an anomaly is told where none was');
SELECT is((SELECT string_agg(DISTINCT pg_temp.body('slack_webhook', 'ko', s.data)::jsonb #>> '{attachments,0,color}', ',' ORDER BY pg_temp.body('slack_webhook', 'ko', s.data)::jsonb #>> '{attachments,0,color}') FROM sample AS s),
    (SELECT string_agg(colour, ',' ORDER BY colour) FROM alarm.severity), 'colours are those of alarm.severity');
UPDATE alarm.severity SET colour = '#123456' WHERE name = 'high';
SELECT is((SELECT DISTINCT pg_temp.body('slack_webhook', 'ko', s.data)::jsonb #>> '{attachments,0,color}' FROM sample AS s WHERE severity = 'high'), '#123456', 'and follow it');
-- every kind of transition and every severity has a word, in every language that is seeded
SELECT is_empty($$SELECT m[1], l.code FROM pg_constraint AS c CROSS JOIN LATERAL regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''', 'g') AS m CROSS JOIN relay.language AS l
    WHERE c.conname = 'transition_kind_check' AND NOT EXISTS (SELECT FROM relay.phrase AS p WHERE p.key = 'event.' || m[1] AND p.language = l.code)$$, 'every kind of transition has a word');
SELECT is_empty($$SELECT s.name, l.code FROM alarm.severity AS s CROSS JOIN relay.language AS l
    WHERE NOT EXISTS (SELECT FROM relay.phrase AS p WHERE p.key = 'severity.' || s.name AND p.language = l.code)$$, 'every severity');
SELECT is_empty($$SELECT DISTINCT p.key, l.code FROM relay.phrase AS p CROSS JOIN relay.language AS l
    WHERE NOT EXISTS (SELECT FROM relay.phrase AS o WHERE o.key = p.key AND o.language = l.code)$$, 'every phrase');
SELECT is(api.send_test(array_agg(id)) ->> 'status', 'queued', 'a test') FROM relay.channel WHERE name LIKE 'c %';
SELECT is((SELECT (data #>> '{message,ko}') || (data #>> '{message,en}') FROM relay.outbox ORDER BY seq DESC LIMIT 1), '시험 알림입니다.This is a test notification.', 'in every language');

-- a DBA adds one: rows, and nothing else
SELECT throws_ok($$INSERT INTO relay.channel (name, kind, target, language) VALUES ('x', 'email', 'mailto:a@b.c', 'de')$$, 'MW422', 'there is no language "de"', 'before there is one');
SELECT throws_ok($$INSERT INTO alarm.rule (name, condition, high, message) VALUES ('x', 'above', 1, '{"de": "x"}')$$, 'MW422', 'message.de is not a text in a language there is', 'nobody speaks it');
SELECT throws_ok($$INSERT INTO alarm.message_template (condition, language, body) VALUES ('above', 'de', 'x')$$, '23503', NULL, 'and no template is in it');
SET LOCAL ROLE engineer;
INSERT INTO relay.language (code, name) VALUES ('de', 'Deutsch');
INSERT INTO relay.phrase (language, key, text) VALUES ('de', 'severity.high', 'hoch'), ('de', 'level.high', 'obere Grenze'), ('de', 'event.raised', 'ausgelöst'), ('de', 'event.cleared', 'behoben'),
    ('de', 'severity', 'Schwere'), ('de', 'folded', ' (zuvor: {x})'), ('de', 'digest', '{x} Alarme'), ('de', 'fault.bearing', 'Lagerschaden');
INSERT INTO alarm.message_template (condition, language, body) VALUES
    ('*', 'de', 'Maschine {equipment}, Sensor {sensor}: Wert {value} über {limit} ({level}), Schwere {severity}'),
    ('model_verdict:fault', 'de', 'Maschine {equipment}: {fault}');
RESET ROLE;
INSERT INTO relay.channel (name, kind, target, language, rate) VALUES ('mail de', 'email', 'mailto:a@b.c', 'de', 1000), ('slack de', 'slack_webhook', 'https://example.com/', 'de', 1000), ('hook de', 'webhook', 'https://example.com/', 'de', 1000);
INSERT INTO relay.route (name, channel_id) SELECT name, id FROM relay.channel WHERE name LIKE '% de';
DELETE FROM relay.channel WHERE name LIKE 'c %';
INSERT INTO alarm.rule (name, condition, high, severity, chatter_count, select_equipment) VALUES ('heiss', 'above', 80, 'high', NULL, '{1-1}');
CREATE FUNCTION pg_temp.give(seconds float8, value float8) RETURNS integer LANGUAGE sql AS $$
    SELECT e.outbox_rows FROM plant.sensor AS s, alarm.evaluate_batch(ARRAY[s.id], ARRAY[timestamptz '2026-01-01' + make_interval(secs => seconds)], ARRAY[value]) AS e WHERE s.name = '2' $$;
SELECT is(pg_temp.give(1, 90), 1, 'an alarm');
CREATE TEMP TABLE sent AS SELECT * FROM relay.claim_deliveries('w', 100);
SELECT is((SELECT body::jsonb ->> 'subject' FROM sent WHERE channel = 'mail de'), '[HOCH] Maschine 1-1, Sensor 2: Wert 90 über 80 (obere Grenze), Schwere hoch', 'mail');
SELECT ok((SELECT body::jsonb ->> 'text' FROM sent WHERE channel = 'mail de') ~ E'\nSchwere: hoch\n', 'with its fields');
SELECT is((SELECT body::jsonb ->> 'text' FROM sent WHERE channel = 'slack de'), 'Maschine 1-1, Sensor 2: Wert 90 über 80 (obere Grenze), Schwere hoch', 'Slack');
SELECT is((SELECT ARRAY(SELECT jsonb_object_keys(body::jsonb #> '{data,message}') ORDER BY 1) FROM sent WHERE channel = 'hook de'), '{de,en,ko}', 'programs get every language');
SELECT is((SELECT alarm.message(a) ->> 'de' FROM alarm.alarm AS a WHERE code = 'heiss'), 'Maschine 1-1, Sensor 2: Wert 90 über 80 (obere Grenze), Schwere hoch', 'psql');
SELECT is((SELECT f.message::jsonb #>> '{data,messages,de}' FROM relay.fetch((SELECT last - 1 FROM relay.sequence), 1) AS f), 'Maschine 1-1, Sensor 2: Wert 90 über 80 (obere Grenze), Schwere hoch', 'WebSocket clients');
SELECT is((SELECT message ->> 'de' FROM report.active_alarm WHERE rule = 'heiss'), 'Maschine 1-1, Sensor 2: Wert 90 über 80 (obere Grenze), Schwere hoch', 'reports');
-- what it has no words for is borrowed from the language with the least rank
SELECT is(pg_temp.give(2, 10), 1, 'it clears');
SELECT is((SELECT data #>> '{message,de}' FROM relay.outbox ORDER BY seq DESC LIMIT 1), 'Equipment 1-1 2 back to normal: value 10, rule heiss', 'in borrowed words, not in those of a raise');
CREATE TEMP TABLE fault AS SELECT pg_temp.sample('model_verdict', 'raised', 'high', 'high', '{"fault": "bearing", "modality": "current"}') AS known,
    pg_temp.sample('model_verdict', 'raised', 'high', 'high', '{"fault": "Röhre 7"}') AS unknown;
SELECT is((SELECT relay.content(known) #>> '{message,de}' FROM fault), 'Maschine 1-1: Lagerschaden', 'a fault by its name');
SELECT is((SELECT relay.content(unknown) #>> '{message,de}' FROM fault), 'Maschine 1-1: Röhre 7', 'or as the classifier calls it');
INSERT INTO relay.phrase (language, key, text) VALUES ('ko', 'fault.Röhre 7', '관 7');
SELECT is((SELECT relay.content(unknown) #>> '{message,ko}' FROM fault), '장비 1-1 이상 탐지: Röhre 7. 모델=-, 신뢰도=-, 유형=-', 'what was told before is told as then');
UPDATE fault SET unknown = pg_temp.sample('model_verdict', 'raised', 'high', 'high', '{"fault": "Röhre 7"}');
SELECT is((SELECT string_agg(m.value, '|' ORDER BY m.key) FROM fault, jsonb_each_text(relay.content(unknown) -> 'message') AS m),
    'Maschine 1-1: 관 7|Equipment 1-1: Röhre 7. Model=-, confidence=-, modality=-|장비 1-1 이상 탐지: 관 7. 모델=-, 신뢰도=-, 유형=-', 'a name is not borrowed from a language that comes later');
-- folded and digest, in one language, put together once
SELECT relay.finish_delivery(delivery_id, 'w', true, 200, NULL, NULL) FROM sent \g /dev/null
SELECT pg_temp.give(3, 90) \g /dev/null
TRUNCATE sent;
UPDATE relay.channel_state SET next_free = '-infinity';
INSERT INTO sent SELECT * FROM relay.claim_deliveries('w', 100);
SELECT is((SELECT body::jsonb ->> 'text' FROM sent WHERE channel = 'slack de'), 'Maschine 1-1, Sensor 2: Wert 90 über 80 (obere Grenze), Schwere hoch (zuvor: behoben)', 'what was overtaken is said in the language');
SELECT is((SELECT body::jsonb #> '{data,message}' FROM sent WHERE channel = 'hook de'),
    '{"de": "Maschine 1-1, Sensor 2: Wert 90 über 80 (obere Grenze), Schwere hoch (zuvor: behoben)"}', 'for a program, too');
SELECT ok((SELECT body::jsonb ->> 'text' FROM sent WHERE channel = 'mail de') ~ '^Maschine 1-1[^\n]*\(zuvor: behoben\)\n', 'and in a mail');
SELECT is(relay.text('{"items": [{"message": {"de": "eins"}}, {"message": {"en": "two"}, "folded": [{"event": "cleared"}]}, {"message": "drei"}, {"kind": "alarm", "event": "raised", "device_id": "m"}]}', 'de'),
    E'4 Alarme\n• eins\n• two (zuvor: behoben)\n• drei\n• alarm ausgelöst m', 'a digest has a line for each');
SELECT is(relay.line(d, 'de'), expected, d::text)
FROM (VALUES (jsonb '{"message": {"ko": "a", "en": "b"}}', 'b'), ('{"message": {"ko": "a"}}', 'a'), ('{"message": {"xx": "c"}}', 'c'), ('{"message": "s"}', 's'),
    ('{"message": {}, "kind": "alarm"}', 'alarm'), ('{"message": null, "event": "cleared"}', 'behoben'), ('{"message": [1], "device_id": "m"}', 'm'), ('{}', ''),
    ('{"message": {"de": "x"}, "folded": [{"event": "raised"}, {"event": "odd"}]}', 'x (zuvor: ausgelöst, odd)'), ('{"message": {"de": "x"}, "folded": 7}', 'x')) AS v (d, expected);
-- a rule's own words in it
UPDATE alarm.rule SET message = '{"de": "eigen {value}"}' WHERE name = 'heiss';
SELECT pg_temp.give(4, 10), pg_temp.give(5, 91) \g /dev/null
SELECT is((SELECT string_agg(m.value, '|' ORDER BY m.key) FROM alarm.alarm AS a CROSS JOIN LATERAL jsonb_each_text(alarm.message(a)) AS m WHERE a.id = (SELECT max(id) FROM alarm.alarm WHERE code = 'heiss')),
    'eigen 91|Equipment 1-1 2: value 91, limit 80 (high), severity high, rule heiss|장비 1-1 2 경보: 값 91, 한계 80 (상한), 심각도 높음, 규칙 heiss', 'own words in one language, templates in the others');
-- another default; and one that goes
UPDATE relay.language SET is_default = false WHERE is_default;
UPDATE relay.language SET is_default = true WHERE code = 'de';
INSERT INTO relay.channel (name, kind, target) VALUES ('new', 'email', 'mailto:a@b.c');
SELECT is((SELECT language FROM relay.channel WHERE name = 'new'), 'de', 'the default is a row');
SELECT is(api.create_channel('{"name": "over http", "kind": "email", "target": "mailto:a@b.c"}') ->> 'language', 'de', 'over HTTP, too');
SELECT throws_ok($$SELECT api.create_channel('{"name": "y", "kind": "email", "target": "mailto:a@b.c", "language": "fr"}')$$, 'MW422', 'there is no language "fr"', 'one that there is not is refused by name');
SELECT throws_ok($$SELECT api.create_channel('{"name": "y", "kind": "email", "target": "mailto:a@b.c", "language": "Deutsch"}')$$, 'MW422', NULL, 'or that cannot be');
SELECT throws_ok($$DELETE FROM relay.language WHERE code = 'de'$$, '23503', NULL, 'a language that a channel has stays');
DELETE FROM relay.channel WHERE language = 'de';
DELETE FROM relay.language WHERE code = 'de';
SELECT is((SELECT ARRAY(SELECT jsonb_object_keys(alarm.message(a)) ORDER BY 1) FROM alarm.alarm AS a WHERE code = 'heiss' ORDER BY id LIMIT 1), '{en,ko}', 'else it goes with all its words');
SELECT is((SELECT relay.default_language()), 'en', 'without a default the one with the least rank is it');
-- who may look
SET LOCAL ROLE viewer;
SELECT lives_ok($$SELECT data FROM relay.outbox$$, 'viewers read what was told');
SELECT lives_ok($$SELECT message_ko, message FROM report.active_alarm$$, 'and what stands');
SELECT lives_ok($$SELECT alarm.message(a) FROM alarm.alarm AS a$$, 'and what any alarm said');
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
