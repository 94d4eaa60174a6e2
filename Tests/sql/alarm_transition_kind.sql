-- What kinds of transitions there are, and what each means, stands in alarm.transition_kind and nowhere else.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;

-- A list of kinds in a text: two or more in brackets, braces or an ARRAY, all of them kinds.
CREATE FUNCTION pg_temp.lists(source text) RETURNS SETOF text LANGUAGE sql STABLE AS $$
    SELECT m[1]
    FROM regexp_matches(replace(source, '::text', ''),
                        $re$([(\[{]\s*'?[a-z_]+'?(?:\s*,\s*'?[a-z_]+'?)+\s*[)\]}])$re$, 'g') AS m
    WHERE (m[1] ~ '''' OR m[1] ~ '^{')
      AND NOT EXISTS (SELECT FROM regexp_matches(m[1], '[a-z_]+', 'g') AS w
                      WHERE w[1] NOT IN (SELECT k.kind FROM alarm.transition_kind AS k))
$$;
SELECT results_eq(
    $$SELECT pg_temp.lists(s) FROM unnest(ARRAY[
          'x.kind NOT IN (''raised'', ''cleared'')', 'kind = ANY (ARRAY[''shelved''::text, ''reset''::text])',
          'unnest(''{retracted,revised}''::text[])', E'IN (''raised'',\n   ''reinstated'')',
          'status IN (''active'', ''cleared'')', 'h.kind IN (''one_shot'', ''timed'')', 'f(raised, cleared)',
          'kind = ''raised''']) AS s$$,
    $$VALUES ('(''raised'', ''cleared'')'), ('[''shelved'', ''reset'']'), ('{retracted,revised}'),
             (E'(''raised'',\n   ''reinstated'')')$$,
    'the sweep sees a list however it is written, and nothing else');
SELECT is_empty($$
    SELECT f.where, l
    FROM (
        SELECT p.oid::regprocedure::text, pg_get_functiondef(p.oid)
        FROM pg_proc AS p WHERE p.prokind IN ('f', 'p') AND p.pronamespace::regnamespace::text
            IN (SELECT s.name FROM unnest('{alarm,api,auth,ingest,ml,ops,plant,relay,report,telemetry}'::text[]) AS s (name))
        UNION ALL
        SELECT c.conrelid::regclass || ' ' || c.conname, pg_get_constraintdef(c.oid) FROM pg_constraint AS c WHERE c.contype = 'c'
        UNION ALL
        SELECT v.schemaname || '.' || v.viewname, v.definition FROM pg_views AS v WHERE v.schemaname <> 'pg_catalog'
    ) AS f ("where", definition)
    CROSS JOIN LATERAL pg_temp.lists(f.definition) AS l$$,
    'no function, constraint or view has a list of kinds of its own');

SELECT results_eq($$SELECT k.kind FROM alarm.transition_kind AS k WHERE k.told ORDER BY k.place$$,
    $$VALUES ('raised'), ('severity_changed'), ('cleared'), ('retracted'), ('reinstated'), ('acknowledged'), ('realarmed'),
             ('escalated')$$, 'the usual ones are told');
SELECT is_empty($$
    SELECT k.kind, l.code FROM alarm.transition_kind AS k CROSS JOIN relay.language AS l
    WHERE NOT EXISTS (SELECT FROM relay.phrase AS p WHERE p.key = 'event.' || k.kind AND p.language = l.code)$$,
    'people have a word for each kind in each language');
SELECT throws_ok($$INSERT INTO alarm.transition (alarm_id, kind, occurred_at, severity, level) VALUES (1, 'vanished', now(), 'low', 'high')$$,
    '23503', 'there is no transition "vanished"', 'what is no kind does not happen');
SELECT lives_ok($$INSERT INTO alarm.transition (alarm_id, kind, occurred_at, severity, level) VALUES (-1, 'raised', now(), 'low', 'high')$$,
    'what is one does');
SELECT throws_ok($$UPDATE alarm.transition SET kind = 'vanished' WHERE alarm_id = -1$$, '23503', NULL, 'nor afterwards');
SELECT throws_ok($$INSERT INTO alarm.rule (name, condition, high, select_equipment, notify) VALUES ('k', 'above', 1, '{k-0}', '{raised,vanished}')$$,
    'MW422', 'there is no transition "vanished"', 'a rule asks for kinds that there are');
-- a new one is a row and who writes it
INSERT INTO alarm.transition_kind (kind, place, told, meaning) VALUES ('vanished', 21, true, 'Gone.');
SELECT lives_ok($$INSERT INTO alarm.rule (name, condition, high, select_equipment, notify) VALUES ('k', 'above', 1, '{k-0}', '{raised,vanished}')$$, 'a rule may ask for it');
SELECT ok('vanished' = ANY (alarm.told_kinds()), 'it is told where it is marked so');
INSERT INTO plant.equipment (id, name) VALUES ('k-1', 'k');
INSERT INTO plant.sensor (equipment_id, name, type) VALUES ('k-1', 'a', 'current');
INSERT INTO alarm.rule (name, condition, high, select_equipment) VALUES ('over', 'above', 10, '{k-1}');
SELECT alarm.evaluate_batch(ARRAY[s.id], ARRAY[now()], ARRAY[11.0::float8]) FROM plant.sensor AS s WHERE s.equipment_id = 'k-1' \g /dev/null
SELECT alarm.record(a, 'vanished', 'kim', 'x') FROM alarm.alarm AS a WHERE a.code = 'over' \g /dev/null
SELECT results_eq($$SELECT o.event, (o.data ->> 'active')::boolean FROM relay.outbox AS o ORDER BY o.seq$$,
    $$VALUES ('raised', true), ('vanished', true)$$, 'and so it is');
UPDATE alarm.transition_kind SET closes = true WHERE kind = 'vanished';
SELECT results_eq($$SELECT o.event, (o.data ->> 'active')::boolean FROM relay.outbox AS o ORDER BY o.seq$$,
    $$VALUES ('raised', true), ('vanished', false)$$, 'what it means is what the row says');
SELECT throws_ok($$UPDATE alarm.transition_kind SET stands = true WHERE kind = 'vanished'$$, '23514', NULL, 'it cannot end an alarm that stands after it');
SELECT is_empty($$
    SELECT r, p FROM unnest('{viewer,operator,engineer,admin,thin,grafana_reader}'::text[]) AS r, unnest('{INSERT,UPDATE,DELETE,TRUNCATE}'::text[]) AS p
    WHERE has_table_privilege(r, 'alarm.transition_kind', p)$$, 'only the owner of the schema writes it');
SELECT * FROM finish();
ROLLBACK;
