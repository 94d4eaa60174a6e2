-- What a rule says is repeated per sensor, per alarm and per version: nothing in it is so long that this becomes much.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
SET statement_timeout = '60s';
INSERT INTO plant.equipment (id, name, specifications) SELECT 's-' || i, 's', jsonb_build_object('vibration_class', 'big', 'long', repeat('x', 500000)) FROM generate_series(1, 20) AS i;
INSERT INTO plant.sensor (equipment_id, name, type, unit) SELECT 's-' || i, 'v', 'vibration', 'mm/s' FROM generate_series(1, 20) AS i;
CREATE ROLE size_engineer;
GRANT engineer TO size_engineer;
GRANT size_engineer TO CURRENT_USER;
SET LOCAL ROLE size_engineer;
SELECT throws_ok(format('INSERT INTO alarm.rule (name, condition, high, %I) VALUES (%L, %L, 1, %L)', c, 'long', 'above', ARRAY[repeat('x', n)]), 'MW422', NULL, format('%s: %s characters', c, n))
FROM unnest('{select_equipment,select_equipment_type,select_location,select_tags,select_sensor}'::text[]) AS c, unnest('{0,201,1000000}'::int[]) AS n;
SELECT throws_ok(format('INSERT INTO alarm.rule (name, condition, high, notify) VALUES (%L, %L, 1, %L)', 'long', 'above', array_fill('raised'::text, ARRAY[100000])), 'MW422', NULL, 'notify');
SELECT throws_ok(format('INSERT INTO alarm.rule (name, condition, high, parameters) VALUES (%L, %L, 1, %L)', 'long', c, jsonb_build_object(p, repeat('x', 100000))), 'MW422', NULL, p)
FROM (VALUES ('baseline', 'state'), ('two_signal', 'other'), ('iso_zone', 'standard'), ('above', 'none')) AS x (c, p);
SELECT lives_ok(format('INSERT INTO alarm.rule (name, condition, high, select_sensor) VALUES (%L, %L, 1, %L)', 'wide', 'above', ARRAY['*'] || array_fill(repeat('x', 200), ARRAY[999])), 'many patterns');
SELECT cmp_ok((SELECT max(length(because)) FROM alarm.rule_assignment), '<=', 500, 'are not told anew for each sensor');
INSERT INTO alarm.vibration_zone (standard, machine_class, unit, boundary_ab, boundary_bc, boundary_cd, source) VALUES ('s', 'big', 'mm/s', 1, 2, 3, repeat('x', 1000000));
INSERT INTO alarm.rule (name, condition, parameters) VALUES ('zone', 'iso_zone', '{"standard": "s"}');
RESET ROLE;
SELECT is((SELECT count(*) FROM alarm.signal WHERE condition = 'iso_zone' AND assigned), 20::bigint, 'a zone');
SELECT cmp_ok((SELECT max(length(basis::text)) FROM alarm.signal), '<=', 2000, 'nor is its source');
INSERT INTO alarm.rule (name, condition, high, select_equipment, parameters)
VALUES ('fails', 'expression', 1, '{s-1}', '{"sql": "(SELECT (e.specifications ->> ''long'')::float8 FROM plant.equipment AS e WHERE e.id = machine.equipment_id)"}');
SELECT alarm.judge_expressions() \g /dev/null
SELECT cmp_ok((SELECT length(error) FROM alarm.expression_run), '<=', 600, 'nor the value that an expression failed at');
SELECT cmp_ok((SELECT max(length(a::text)) FROM alarm.alarm AS a WHERE code = 'expression:fails'), '<=', 5000, 'also in its alarm');

-- nor does it go round in circles
INSERT INTO alarm.rule (name, condition, high) VALUES ('a', 'above', 1), ('b', 'above', 1), ('c', 'above', 1);
UPDATE alarm.rule SET parent_rule = (SELECT p.id FROM alarm.rule AS p WHERE p.name = 'b') WHERE name = 'a';
UPDATE alarm.rule SET parent_rule = (SELECT p.id FROM alarm.rule AS p WHERE p.name = 'c') WHERE name = 'b';
SELECT throws_ok(format($$UPDATE alarm.rule SET parent_rule = (SELECT p.id FROM alarm.rule AS p WHERE p.name = %L) WHERE name = %L$$, p, r), 'MW422', NULL, r || ' below ' || p)
FROM (VALUES ('a', 'a'), ('a', 'b'), ('a', 'c'), ('b', 'c')) AS v (p, r);
INSERT INTO alarm.rule (name, condition, high) VALUES ('d', 'above', 1), ('e', 'above', 1);
SELECT throws_ok($$UPDATE alarm.rule AS r SET parent_rule = p.id FROM alarm.rule AS p WHERE (r.name, p.name) IN (('d', 'e'), ('e', 'd'))$$, 'MW422', NULL, 'nor both at once');
SELECT lives_ok($$UPDATE alarm.rule SET parent_rule = (SELECT p.id FROM alarm.rule AS p WHERE p.name = 'c') WHERE name = 'a'$$, 'two of one parent');
SELECT * FROM finish();
ROLLBACK;
