-- Which transitions are told: the usual ones, those that a route names, and what a rule's own list says.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
INSERT INTO plant.equipment (id, name) VALUES ('t-1', 't');
INSERT INTO plant.sensor (equipment_id, name, type) VALUES ('t-1', 'a', 'current');
INSERT INTO alarm.rule (name, condition, high, select_equipment, notify) VALUES ('open', 'above', 10, '{t-1}', NULL), ('own', 'above', 10, '{t-1}', '{raised}'), ('mute', 'above', 10, '{t-1}', '{}');
SELECT is((SELECT string_agg(name, ',' ORDER BY name) FROM alarm.rule WHERE notify IS NULL), 'model-verdict,open', 'NULL is the default');
INSERT INTO relay.channel (name, kind, target) VALUES ('hook', 'webhook', 'https://example.com/');
SELECT alarm.evaluate_batch(ARRAY[s.id], ARRAY[now()], ARRAY[11.0::float8]) FROM plant.sensor AS s WHERE s.equipment_id = 't-1' \g /dev/null
SELECT alarm.comment(a.id, 'x', 'kim') FROM alarm.alarm AS a \g /dev/null
SELECT results_eq($$SELECT data ->> 'rule', event FROM relay.outbox ORDER BY 1, 2$$, $$VALUES ('open', 'raised'), ('own', 'raised')$$, 'a comment is not told where nobody asks for it');
-- every kind there is can be asked for
INSERT INTO relay.route (name, channel_id, kinds, events) SELECT k, (SELECT id FROM relay.channel WHERE name = 'hook'), '{alarm}', ARRAY[k]
FROM alarm.transition_kind AS t CROSS JOIN LATERAL (SELECT t.kind AS k) AS x;
SELECT is((SELECT count(*) FROM relay.route WHERE name = events[1]), (SELECT count(*) FROM alarm.transition_kind), 'each kind');
SELECT is((SELECT count(*) FROM relay.route AS r WHERE r.name = r.events[1] AND NOT r.events <@ alarm.told_kinds()), 0::bigint, 'all of them are told once a route names them');
SELECT alarm.comment(a.id, 'y', 'kim') FROM alarm.alarm AS a \g /dev/null
SELECT alarm.shelve(a.id, '1 hour', 'kim', 'z') FROM alarm.alarm AS a \g /dev/null
SELECT results_eq($$SELECT o.data ->> 'rule', o.event, r.name FROM relay.outbox AS o JOIN relay.delivery AS d USING (seq) JOIN relay.route AS r ON r.channel_id = d.channel_id AND r.events = ARRAY[o.event] ORDER BY 1, 2$$,
    $$VALUES ('open', 'commented', 'commented'), ('open', 'shelved', 'shelved')$$, 'and delivered by that route; a rule''s own list has the last word');
UPDATE relay.route SET enabled = false WHERE name IN ('commented', 'unshelved');
UPDATE relay.channel SET enabled = false WHERE name = 'hook';
SELECT is((SELECT alarm.told_kinds() @> '{commented}' OR alarm.told_kinds() @> '{confirmed}'), false, 'a route or channel that is off asks for nothing');
SELECT is((SELECT alarm.told_kinds() @> '{raised,severity_changed,cleared,acknowledged,realarmed,escalated}'), true, 'the usual ones stay');
SELECT * FROM finish();
ROLLBACK;
