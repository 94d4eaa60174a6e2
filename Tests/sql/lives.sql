-- Components and their lives, failures, work orders, costs, labels, and the import of histories.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
-- calls, and names code, member and message of the refusal
CREATE FUNCTION pg_temp.refusal(p_sql text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_column text;
    v_message text;
BEGIN
    EXECUTE p_sql;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_column = COLUMN_NAME, v_message = MESSAGE_TEXT;
    RETURN concat_ws(' ', SQLSTATE, nullif(v_column, ''), '|', v_message);
END $$;
CREATE FUNCTION pg_temp.api(p_function text, VARIADIC p_arguments text[]) RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.refusal(format('SELECT api.%s(%s)', p_function, (SELECT string_agg(quote_literal(a), ', ') FROM unnest(p_arguments) AS a))) $$;
INSERT INTO plant.equipment (id, name, type) VALUES ('m1', 'one', 'motor'), ('m2', 'two', 'motor'), ('p1', 'pump', 'pump');
INSERT INTO plant.component (equipment_id, name, type) VALUES ('m1', 'DE', 'bearing'), ('m1', 'NDE', 'bearing'), ('m2', 'DE', 'bearing');
SELECT min(id) AS de, min(id) + 1 AS nde, min(id) + 2 AS other FROM plant.component \gset

-- lives do not overlap per component
SELECT is(pg_temp.api('create_component_life', format('{"component_id": %s, "installed_at": "2026-01-01", "removed_at": "2026-02-01", "end_reason": "failed"}', :de)), 'done', 'a life');
SELECT is(pg_temp.api('create_component_life', format('{"component_id": %s, "installed_at": "2026-02-01"}', :de)), 'done', 'the next begins where it ended');
SELECT is(pg_temp.api('create_component_life', format('{"component_id": %s, "installed_at": "2026-02-01"}', :nde)), 'done', 'another component has its own');
SELECT is(pg_temp.api('create_component_life', format('{"component_id": %s, %s}', :de, v.x)), 'MW409 installed_at | installed_at overlaps with another life of the same component', v.x)
FROM (VALUES ('"installed_at": "2026-03-01"'), ('"installed_at": "2025-01-01"'), ('"installed_at": "2026-01-31T23:59:59Z", "removed_at": "2026-02-01", "end_reason": "other"'),
             ('"installed_at": "2025-12-01", "removed_at": "2026-01-01T00:00:00.000001Z", "end_reason": "other"')) AS v (x);
SELECT is(pg_temp.refusal(format('INSERT INTO plant.component_life (component_id, installed_at) VALUES (%s, ''2026-01-15'')', :de)),
    '23P01 | conflicting key value violates exclusion constraint "component_life_overlap_excl"', 'nor in psql');
-- hostile values have names, in the words of the constraints
SELECT is(pg_temp.api('create_component_life', format('{"component_id": %s, "installed_at": "2024-01-01"%s}', v.component, v.x)), v.expected, v.x)
FROM (VALUES (:de, ', "removed_at": "2024-01-01", "end_reason": "failed"', 'MW422 removed_at | removed_at must be later than installed_at'),
    (:de, ', "removed_at": "2023-01-01", "end_reason": "failed"', 'MW422 removed_at | removed_at must be later than installed_at'),
    (:de, ', "removed_at": "2024-02-01"', 'MW422 end_reason | end_reason must be given with removed_at, and only with it'),
    (:de, ', "end_reason": "failed"', 'MW422 end_reason | end_reason must be given with removed_at, and only with it'),
    (:de, ', "removed_at": "infinity", "end_reason": "failed"', 'MW422 removed_at | removed_at must be a time in ISO 8601'),
    (:de, ', "removed_at": "2999-01-01", "end_reason": "failed"', 'MW422 removed_at | removed_at must not be in the future'),
    (:de, ', "end_reason": "tired"', 'MW422 end_reason | end_reason must be one of failed, preventive, other'),
    (:de, ', "age_hours": -1', 'MW422 age_hours | age_hours must be at least 0'), (:de, ', "age_hours": 1e10', 'MW422 age_hours | age_hours must be at most 1000000000'),
    (:de, ', "age_hours": "NaN"', 'MW422 age_hours | age_hours must be number'), (:de, ', "age_hours": null', 'MW422 age_hours | age_hours must be number'),
    (:de, format(', "part": "%s"', repeat('x', 201)), 'MW422 part | part must have at most 200 characters'),
    (999999999, '', 'MW422 component_id | component_id there is no such component'), (-1, '', 'MW422 component_id | component_id must be at least 1')) AS v (component, x, expected);
SELECT is(pg_temp.refusal(format('INSERT INTO plant.component_life (component_id, installed_at, removed_at, end_reason, age_hours) VALUES (%s, %s)', :other, v.x)), v.expected, v.x)
FROM (VALUES ($$'-infinity', NULL, NULL, 0$$, '23514 | new row for relation "component_life" violates check constraint "component_life_installed_at_check"'),
    ($$'2024-01-01', 'infinity', 'failed', 0$$, '23514 | new row for relation "component_life" violates check constraint "component_life_removed_at_check"'),
    ($$'2024-01-01', NULL, NULL, 'NaN'$$, '23514 | new row for relation "component_life" violates check constraint "component_life_age_hours_check"'),
    ($$'2024-01-01', NULL, NULL, 'Infinity'$$, '23514 | new row for relation "component_life" violates check constraint "component_life_age_hours_check"')) AS v (x, expected);
SELECT is(pg_temp.api('create_component', '{"equipment_id": "m1", "name": "DE"}'), 'MW409 name | name the equipment has a component of this name', 'a position twice');
SELECT is(pg_temp.api('create_component', '{"equipment_id": "nope", "name": "DE"}'), 'MW422 equipment_id | equipment_id there is no such equipment', 'an unknown machine');
SELECT is(pg_temp.api('update_component', :'de', '{"name": "NDE"}'), 'MW409 name | name the equipment has a component of this name', 'renamed to another');
SELECT is(pg_temp.api('update_component_life', '-1', '{}'), 'MW404 | there is no life with this id', 'a life that is none');
SELECT is(pg_temp.api('delete_equipment', 'm1') ~ '^23503', true, 'a machine with a history is not deleted');
-- every refusal that a caller may meet has words: a constraint without a COMMENT would be a bare SQLSTATE
SELECT is_empty($$SELECT c.conname FROM pg_constraint AS c
    WHERE c.conrelid IN ('plant.component'::regclass, 'plant.component_life'::regclass, 'plant.failure'::regclass, 'plant.work_order'::regclass, 'plant.cost'::regclass)
      -- of one column that the schema of the body bounds the same way, and keys that no caller sets
      AND NOT (c.contype = 'c' AND cardinality(c.conkey) = 1 AND pg_get_constraintdef(c.oid) ~ 'length\(|status|kind|finding|jsonb_typeof') AND c.contype NOT IN ('p', 'n')
      AND c.conname !~ '_id_equipment_id_key$' AND coalesce(obj_description(c.oid, 'pg_constraint'), '') !~ '^[a-z_]+: [^:]+$'$$, 'constraints say what they want');
SELECT is((SELECT row(hours, is_censored)::text FROM plant.life WHERE component_id = :de AND end_reason = 'failed'), '(744,f)', 'a life in hours');
SELECT is((SELECT count(*) FROM plant.life WHERE is_censored), 2::bigint, 'what is in has not failed yet');

-- failures
SELECT is(pg_temp.api('create_failure', '{"equipment_id": "m1", "failed_at": "2026-04-01", "down_from": "2026-03-31T23:00:00Z", "cause": "lubrication"}'), 'done', 'a failure; it stood still before');
SELECT is(pg_temp.api('create_failure', format('{"equipment_id": "m1", %s}', v.x)), v.expected, v.x)
FROM (VALUES ('"failed_at": "2026-04-01"', 'MW409 failed_at | failed_at this failure is known already'),
    ('"failed_at": "2026-04-02", "down_to": "2026-04-03"', 'MW422 down_from | down_from must be given with down_to'),
    ('"failed_at": "2026-04-02", "down_from": "2026-04-03", "down_to": "2026-04-03"', 'MW422 down_to | down_to must be later than down_from'),
    ('"failed_at": "2026-04-02", "down_from": "2026-04-01", "down_to": "2026-04-01T12:00:00Z"', 'MW422 down_to | down_to must not be before failed_at'),
    ('"failed_at": "2999-04-02"', 'MW422 failed_at | failed_at must not be in the future'), ('"failed_at": "NaN"', 'MW422 failed_at | failed_at must be a time in ISO 8601'),
    ('"failed_at": "2026-04-02", "component_id": 1e300', 'MW422 component_id | component_id must be at most 9223372036854775807'),
    ('"failed_at": "2026-04-02", "component_id": 999999999.0', 'MW422 component_id | component_id the equipment has no such component'),
    ('"failed_at": "2026-04-02", "component_id": 1.5', 'MW422 component_id | component_id must be integer or null'),
    ('"failed_at": "2026-04-02", "component_id": 999999999', 'MW422 component_id | component_id the equipment has no such component'),
    (format('"failed_at": "2026-04-02", "component_id": %s', :other), 'MW422 component_id | component_id the equipment has no such component'),
    (format('"failed_at": "2026-04-02", "cause": "%s"', repeat('x', 201)), 'MW422 cause | cause must have at most 200 characters')) AS v (x, expected);
SELECT is(pg_temp.api('create_failure', '{"equipment_id": "nope", "failed_at": "2026-04-01"}'), 'MW422 equipment_id | equipment_id there is no such equipment', 'an unknown machine');
SELECT id AS failure FROM plant.failure \gset

-- work orders: what was found ends a life, and begins the next
SELECT is(pg_temp.api('create_work_order', format('{"title": "t", %s}', v.x)), v.expected, v.x)
FROM (VALUES ('"equipment_id": "nope"', 'MW422 equipment_id | equipment_id there is no such equipment'),
    (format('"equipment_id": "m2", "failure_id": %s', :failure), 'MW422 failure_id | failure_id the equipment has no such failure'),
    (format('"equipment_id": "m2", "component_id": %s', :de), 'MW422 component_id | component_id the equipment has no such component'),
    ('"equipment_id": "m2", "maintenance_id": 999999', 'MW422 maintenance_id | maintenance_id the equipment has no such maintenance'),
    ('"equipment_id": "m2", "planned_from": "2026-12-02", "planned_to": "2026-12-01"', 'MW422 planned_to | planned_to must be later than planned_from'),
    ('"equipment_id": "m2", "status": "done"', 'MW422 done_at | done_at must be given with status done, and only with it'),
    ('"equipment_id": "m2", "finding": "worn"', 'MW422 finding | finding can only be given of an order that is done'),
    ('"equipment_id": "m2", "cost": -0.01', 'MW422 cost | cost must be at least 0'), ('"equipment_id": "m2", "cost": 1e12', 'MW422 cost | cost must be at most 999999999999.99')) AS v (x, expected);
INSERT INTO plant.maintenance (equipment_id, title, starts_at) VALUES ('m1', 'w', '2026-04-01');
SELECT is(pg_temp.api('create_work_order', format('{"equipment_id": "m1", "title": "Change it", "kind": "corrective", "component_id": %s, "failure_id": %s, "maintenance_id": %s}', :de, :failure,
    (SELECT max(id) FROM plant.maintenance))), 'done', 'an order of a component, a failure and a window');
SELECT max(id) AS wo FROM plant.work_order \gset
SELECT is(pg_temp.api('create_work_order', format('{"equipment_id": "m1", "title": "t", "maintenance_id": %s}', (SELECT max(id) FROM plant.maintenance))),
    'MW409 maintenance_id | maintenance_id belongs to another work order', 'a window is of one order');
SELECT is(pg_temp.api('close_work_order', :'wo', '{"finding": "failed", "replaced": true, "done_at": "2999-01-01"}'), 'MW422 done_at | done_at must not be in the future', 'closed tomorrow');
SELECT is(pg_temp.api('close_work_order', :'wo', '{"finding": "failed", "replaced": true, "done_at": "2026-01-15"}'),
    'MW409 done_at | done_at must be later than the component was installed', 'closed before the part went in');
SELECT is((SELECT status FROM plant.work_order WHERE id = :wo), 'planned', 'and nothing of it stayed');
SELECT is(pg_temp.api('close_work_order', :'wo', '{"finding": "failed", "replaced": true, "done_at": "2026-04-01T06:00:00Z", "part": "6205", "cost": 10.005}'), 'done', 'closed');
SELECT is(pg_temp.api('close_work_order', :'wo', '{"finding": "failed"}'), 'MW409 status | the work order is done', 'it is closed once');
SELECT results_eq(format('SELECT installed_at, removed_at, end_reason, part FROM plant.component_life WHERE component_id = %s ORDER BY 1', :de),
    $$VALUES ('2026-01-01Z'::timestamptz, '2026-02-01Z'::timestamptz, 'failed', NULL), ('2026-02-01Z', '2026-04-01Z', 'failed', NULL), ('2026-04-01 06:00Z', NULL, NULL, '6205')$$,
    'the part served until it failed; the next serves since the work was done');
SELECT is((SELECT down_to FROM plant.failure WHERE id = :failure), '2026-04-01 06:00Z'::timestamptz, 'the machine runs again');
SELECT is((SELECT row(status, ends_at = '2026-04-01 06:00Z')::text FROM plant.maintenance ORDER BY id DESC LIMIT 1), '(done,t)', 'its window, which had no end, ends, too');
SELECT is((SELECT cost FROM plant.work_order WHERE id = :wo), 10.01, 'money has two digits');
SELECT is(pg_temp.api('create_work_order', '{"equipment_id": "m2", "title": "look"}'), 'done', 'an order of no component');
SELECT is(pg_temp.api('close_work_order', (SELECT max(id)::text FROM plant.work_order), '{"finding": "nothing", "replaced": true}'), 'MW422 replaced | replaced: the work order names no component', 'nothing to replace');
SELECT is(pg_temp.api('close_work_order', (SELECT max(id)::text FROM plant.work_order), '{"finding": "nothing", "done_at": "2026-05-01"}'), 'done', 'nothing found');
SELECT is(pg_temp.api('close_work_order', '-1', '{"finding": "nothing"}'), 'MW404 | there is no work order with this id', 'none');

-- costs: the machine's, its type's, those of all
SELECT is(pg_temp.api('create_cost', format('{"failure": 1, "preventive": 2, %s}', v.x)), v.expected, v.x)
FROM (VALUES ('"downtime_per_hour": 3', 'done'), ('"equipment_type": "motor", "downtime_per_hour": 4', 'done'), ('"equipment_type": "motor", "component_type": "bearing", "downtime_per_hour": 5', 'done'),
    ('"equipment_id": "m2", "downtime_per_hour": 6', 'done'), ('"downtime_per_hour": 7', 'MW409 equipment_id | equipment_id this machine or type has its costs; change those'),
    ('"equipment_id": "m1", "equipment_type": "motor"', 'MW422 equipment_type | equipment_type cannot be given with equipment_id'),
    ('"equipment_id": "nope"', 'MW422 equipment_id | equipment_id there is no such equipment'), ('"downtime_per_hour": 1e300', 'MW422 downtime_per_hour | downtime_per_hour must be at most 999999999999.99'),
    ('"downtime_per_hour": "NaN"', 'MW422 downtime_per_hour | downtime_per_hour must be number')) AS v (x, expected);
SELECT is(pg_temp.refusal(format('INSERT INTO plant.cost (component_type, failure, preventive) VALUES (''x'', %L, 0)', v.x)) ~ v.expected, true, v.x)
FROM (VALUES ('NaN', '23514.*cost_failure_check'), ('Infinity', '22003'), ('-1', '23514.*cost_failure_check'), ('1e12', '22003')) AS v (x, expected);
SELECT results_eq('SELECT k.equipment_id, coalesce(c.name, ''-''), k.downtime_per_hour FROM plant.component_cost AS k LEFT JOIN plant.component AS c ON c.id = k.component_id
        WHERE k.equipment_id IN (''m1'', ''m2'', ''p1'') ORDER BY 1, c.name NULLS FIRST',
    $$VALUES ('m1', '-', 4.00), ('m1', 'DE', 5.00), ('m1', 'NDE', 5.00), ('m2', '-', 6.00), ('m2', 'DE', 6.00), ('p1', '-', 3.00)$$, 'the nearest costs hold');
SELECT is((SELECT DISTINCT currency FROM plant.component_cost), 'KRW', 'in the plant''s currency');
SELECT is(pg_temp.refusal($$SELECT ops.set_setting('plant.currency', '"gold"')$$) ~ '^MW422', true, 'a currency is one');

-- labels: one source
INSERT INTO alarm.known_fault (equipment_id, starts_at, ends_at, label, source) VALUES ('p1', '2026-01-01Z', '2026-01-02Z', 'cavitation', 'hand');
INSERT INTO plant.failure (equipment_id, failed_at, down_from) VALUES ('p1', '2026-02-01Z', '2026-02-01Z');
SELECT results_eq('SELECT equipment_id, starts_at, ends_at, kind, source FROM plant.label WHERE equipment_id IN (''m1'', ''m2'', ''p1'') ORDER BY 1, 2',
    $$VALUES ('m1', '2026-02-01Z'::timestamptz, '2026-02-01Z'::timestamptz, 'failure', 'component_life'), ('m1', '2026-03-31 23:00Z', '2026-04-01 06:00Z', 'failure', 'failure'),
             ('m2', '2026-05-01Z', '2026-05-01Z', 'normal', 'work_order'), ('p1', '2026-01-01Z', '2026-01-02Z', 'fault', 'known_fault: hand'), ('p1', '2026-02-01Z', NULL, 'failure', 'failure')$$,
    'each failure once, whoever knows of it');

-- MTBF and MTTR are of these: a moment counts as a failure and not as a repair, one that lasts is not repaired yet
SELECT results_eq($$SELECT equipment, failures, down_hours, mttr_hours, round(mtbf_hours) FROM report.reliability_machines('2026-01-15Z', '2026-03-01Z') WHERE equipment IN ('m1', 'm2', 'p1') ORDER BY 1$$,
    $$VALUES ('m1', 1::bigint, 0::float8, NULL::float8, 45 * 24::float8), ('m2', 0, 0, NULL, NULL), ('p1', 1, 28 * 24, NULL, 17 * 24)$$, 'in a time');
SELECT results_eq($$SELECT equipment, failures, down_hours, mttr_hours FROM report.reliability_machines('2026-01-01Z', '2026-05-01Z', 'm1')$$, $$VALUES ('m1', 2::bigint, 7::float8, 7::float8)$$, 'repairs are those whose length is known');
SELECT results_eq($$SELECT done, mean_hours, open FROM report.reliability_repairs('2026-05-01Z', '2026-05-02Z')$$, $$VALUES (1::bigint, NULL::float8, 0::bigint)$$, 'an order that is done');
INSERT INTO plant.work_order (equipment_id, title, planned_from, status) VALUES ('m2', 'planned', '2026-06-01Z', 'planned'), ('m2', 'advice', '2026-06-01Z', 'proposed');
SELECT results_eq($$SELECT what, due_at FROM report.maintenance_due WHERE equipment_id = 'm2'$$, $$VALUES ('planned', '2026-06-01Z'::timestamptz)$$, 'what is planned is due, what nobody confirmed is not');
SELECT is((SELECT string_agg(title, ',') FROM report.due_work('2026-05-20Z', '2026-06-02Z', 'm2')), 'planned', 'in the report, too');

-- who may
SELECT is(has_function_privilege(r, f::regprocedure, 'EXECUTE'), r = ANY (may), f || ' ' || r)
FROM (VALUES ('api.create_failure(jsonb)', '{operator,engineer}'::text[]), ('api.close_work_order(bigint, jsonb)', '{operator,engineer}'), ('api.create_work_order(jsonb)', '{engineer}'),
    ('plant.import_lives(text, text, boolean)', '{engineer}'), ('api.list_failures(text, bigint, timestamptz, timestamptz, integer, text)', '{viewer,operator,engineer}')) AS v (f, may),
    unnest('{anonymous,viewer,operator,engineer}'::text[]) AS r;

-- import
CREATE FUNCTION pg_temp.import(VARIADIC p_lines text[]) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(concat_ws(' ', i.line, i.outcome, i.reason), E'\n' ORDER BY i.line) FROM plant.import_lives(array_to_string(p_lines, E'\n'), 'old system') AS i $$;
SELECT is(pg_temp.import('equipment_id,component,component_type,installed_at,removed_at,end_reason,cause,down_to,note',
    'p1,seal,seal,2024-01-01T00:00:00Z,2024-06-01T00:00:00Z,failed,"dry, run",2024-06-01T05:00:00Z,"said ""no""', 'and more"', 'p1,seal,,2024-06-01T05:00:00+00,2025-01-01,preventive', '', 'p1,seal,,2025-01-01'),
    E'2 stored\n4 stored\n6 stored', 'a history; lines are those of the file');
SELECT results_eq($$SELECT component_type, installed_at, removed_at, end_reason, source FROM plant.life WHERE component = 'seal' ORDER BY 2$$,
    $$VALUES ('seal', '2024-01-01Z'::timestamptz, '2024-06-01Z'::timestamptz, 'failed', 'old system'), ('seal', '2024-06-01 05:00Z', '2025-01-01Z', 'preventive', 'old system'), ('seal', '2025-01-01Z', NULL, NULL, 'old system')$$, 'its lives');
SELECT is((SELECT row(f.failed_at = '2024-06-01Z', f.down_from = f.failed_at, f.down_to = '2024-06-01 05:00Z', f.cause)::text FROM plant.failure AS f WHERE f.source = 'old system'), '(t,t,t,"dry, run")', 'and its failure');
SELECT is((SELECT note FROM plant.component_life WHERE source = 'old system' ORDER BY installed_at LIMIT 1), E'said "no"\nand more', 'quotes and line ends in cells');
SELECT is(pg_temp.import(U&'\FEFFEquipment_ID;component;installed_at;removed_at;end_reason', E'p1;seal;2024-01-01T00:00:00Z;2024-06-01T00:00:00Z;FAILED\r', 'p1;seal;2025-01-01;2025-05-01;other', 'p1;seal;2025-05-01;;'),
    E'2 unchanged\n3 ended\n4 stored', 'again, from a spreadsheet, and what became of it since');
SELECT is(split_part(pg_temp.import('equipment_id,component,installed_at,removed_at,end_reason,age_hours,cause,down_from,down_to', v.row), ' ', 2) || ' ' || (SELECT i.reason FROM plant.import_lives(
    E'equipment_id,component,installed_at,removed_at,end_reason,age_hours,cause,down_from,down_to\n' || v.row) AS i), 'refused ' || v.expected, left(v.row, 60))
FROM (VALUES ('nope,x,2024-01-01', 'equipment_id: there is no such equipment'), (',x,2024-01-01', 'equipment_id: is missing'), ('p1,,2024-01-01', 'component: must have 1 to 128 characters'),
    ('p1,' || repeat('x', 129) || ',2024-01-01', 'component: must have 1 to 128 characters'), ('p1,x,infinity', 'installed_at: must be a time in ISO 8601'), ('p1,x,NaN', 'installed_at: must be a time in ISO 8601'),
    ('p1,x,now', 'installed_at: must be a time in ISO 8601'), ('p1,x,2024-02-30', 'installed_at: must be a time in ISO 8601'), ('p1,x,01/02/2024', 'installed_at: must be a time in ISO 8601'), ('p1,x,', 'installed_at: must be a time in ISO 8601'),
    ('p1,x,2999-01-01', 'installed_at: must not be in the future'), ('p1,x,2024-01-01,2023-01-01,failed', 'removed_at: must be later than installed_at'), ('p1,x,2024-01-01,-infinity,failed', 'removed_at: must be a time in ISO 8601'),
    ('p1,x,2024-01-01,2024-02-01', 'end_reason: must be given with removed_at, and only with it'), ('p1,x,2024-01-01,2024-02-01,tired', 'end_reason: must be one of failed, preventive, other'),
    ('p1,x,2024-01-01,,,NaN', 'age_hours: must be 0 to 1e9'), ('p1,x,2024-01-01,,,Infinity', 'age_hours: must be 0 to 1e9'), ('p1,x,2024-01-01,,,-1', 'age_hours: must be 0 to 1e9'), ('p1,x,2024-01-01,,,1e400', 'age_hours: must be 0 to 1e9'), ('p1,x,2024-01-01,,,five', 'age_hours: must be 0 to 1e9'),
    ('p1,x,2024-01-01,2024-02-01,failed,,' || repeat('c', 201), 'cause: must have at most 200 characters'), ('p1,x,2024-01-01,2024-02-01,other,,c', 'cause: it and a downtime can only be given of a life that ended by failure'),
    ('p1,x,2024-01-01,2024-02-01,failed,,,2024-02-01,2024-02-01', 'down_to: must be later than down_from'), ('p1,x,2024-01-01,2024-02-01,failed,,,2024-01-01,2024-01-05', 'down_to: must not be before failed_at'),
    ('p1,x,2024-01-01,,,,,,,more', 'has 10 cells, the header has 9'), ('p1,"x"y,2024-01-01', 'a quote stands in the middle of a cell'), ('p1,x"y,2024-01-01', 'a quote stands in the middle of a cell'),
    ('p1,seal,2024-03-01', 'installed_at: overlaps with another life of the same component')) AS v (row, expected);
SELECT is(pg_temp.import('equipment_id,component,installed_at,removed_at,end_reason', 'p1,y,2024-01-01,2024-03-01,other', 'nope,y,2024-01-01', 'p1,y,2024-02-01,2024-04-01,other', 'p1,y,2024-03-01', 'm1,y,2024-02-01', 'p1,y,2024-01-01,2024-03-01,other'),
    E'2 stored\n3 refused equipment_id: there is no such equipment\n4 refused installed_at: overlaps with another life of the same component in this file\n'
    || E'5 refused installed_at: overlaps with another life of the same component in this file\n6 stored\n7 refused installed_at: overlaps with another life of the same component in this file', 'rows of a file against each other; good ones stay');
SELECT is(pg_temp.refusal(format('SELECT * FROM plant.import_lives(%L)', v.csv)), v.expected, left(v.csv, 60))
FROM (VALUES ('', 'MW422 csv | csv: has no header'), ('equipment_id,component', 'MW422 csv | csv: the header has no column installed_at'),
    ('equipment_id,component,installed_at,colour', 'MW422 csv | csv: the header has a column colour, which is none of equipment_id, component, component_type, installed_at, removed_at, end_reason, age_hours, part, serial_number, note, cause, down_from, down_to'),
    ('equipment_id,component,installed_at,installed_at', 'MW422 csv | csv: the header has a column twice'), ('equipment_id,,component,installed_at', 'MW422 csv | csv: column 2 of the header has no name'),
    (E'equipment_id,component,installed_at\np1,"z,2024-01-01\np1,y,2024-01-01', 'MW422 csv | csv: a quote is never closed')) AS v (csv, expected);
SELECT is(pg_temp.refusal('SELECT * FROM plant.import_lives(NULL)'), 'MW422 csv | csv: has no header', 'no text');
SELECT is(pg_temp.refusal($$SELECT * FROM plant.import_lives('equipment_id,component,installed_at', repeat('x', 201))$$), 'MW422 source | source must have at most 200 characters', 'a long source');
SELECT is(pg_temp.refusal($$SELECT * FROM plant.import_lives(repeat('x', 8000001))$$), 'MW422 csv | csv must have at most 8000000 characters', 'a long text');
SELECT is(pg_temp.refusal($$SELECT * FROM plant.import_lives('equipment_id,component,installed_at' || repeat(',', 1000001))$$), 'MW422 csv | csv must have at most 1000000 cells', 'many cells');
UPDATE ops.setting SET value = '2' WHERE name = 'plant.import_rows';
SELECT is(pg_temp.refusal($$SELECT * FROM plant.import_lives(E'equipment_id,component,installed_at\n\na,b,c\na,b,c\na,b,c')$$), 'MW422 csv | csv: has 3 rows, at most 2 are taken at once (setting plant.import_rows)', 'many rows');
UPDATE ops.setting SET value = '50000' WHERE name = 'plant.import_rows';
SELECT is((SELECT string_agg(i.outcome, ',') FROM plant.import_lives(E'equipment_id,component,installed_at\nm2,dry,2024-01-01', NULL, true) AS i) || (SELECT count(*) FROM plant.component WHERE name = 'dry'), 'stored0', 'a dry run stores nothing');
SELECT is(api.import_lives('{"csv": "equipment_id,component,installed_at\nm2,wet,2024-01-01\nnope,x,2024-01-01"}'), '{"stored": 1, "unchanged": 0, "refused": 1, "refusals": [{"line": 3, "reason": "equipment_id: there is no such equipment"}]}', 'over HTTP');
-- what a file says is what is there: random histories, against an oracle that asks of each pair
CREATE TEMP TABLE random_life AS
SELECT n, 'r' || (random() * 2)::integer AS component, '2020-01-01Z'::timestamptz + (random() * 2000)::integer * INTERVAL '1 hour' AS a, (1 + random() * 60)::integer * INTERVAL '1 hour' AS d FROM generate_series(1, 300) AS n;
SELECT plant.import_lives(E'equipment_id,component,installed_at,removed_at,end_reason\n' || string_agg(format('m1,%s,%s,%s,failed', component, api.iso(a), api.iso(a + d)), E'\n' ORDER BY n)) FROM random_life \g /dev/null
SELECT is_empty($$SELECT FROM plant.life AS x JOIN plant.life AS y ON x.component_id = y.component_id AND x.life_id < y.life_id AND x.installed_at < y.removed_at AND y.installed_at < x.removed_at WHERE x.component LIKE 'r_'$$, 'none overlaps');
SELECT is_empty($$SELECT FROM random_life AS x WHERE NOT EXISTS (SELECT FROM random_life AS y WHERE y.n <> x.n AND y.component = x.component AND y.a < x.a + x.d AND x.a < y.a + y.d)
    AND NOT EXISTS (SELECT FROM plant.life AS l WHERE l.component = x.component AND l.installed_at = x.a AND l.removed_at = x.a + x.d)$$, 'and what overlaps with none is stored');
SELECT cmp_ok((SELECT count(*) FROM plant.life WHERE component LIKE 'r_'), '>', 10::bigint, 'there are some');
SELECT * FROM finish();
ROLLBACK;
