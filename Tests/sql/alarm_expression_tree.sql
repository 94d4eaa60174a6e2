-- SQL in rules is judged by its parsed tree: how a thing is written makes no difference, and what is not known is refused.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
SET statement_timeout = '60s';
INSERT INTO plant.equipment (id, name) VALUES ('t-1', 't'), ('t-2', 't'), ('u-1', 'u');
INSERT INTO plant.sensor (equipment_id, name, type) SELECT e, n, 'current' FROM unnest('{t-1,t-2}'::text[]) AS e, unnest('{temp_in,temp_out}'::text[]) AS n;
CREATE FUNCTION pg_temp.answer(parameters jsonb, equipment text DEFAULT 't-?') RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM alarm.create_rule(jsonb_build_object('name', 'tried', 'condition', 'expression', 'high', 1, 'select_equipment', jsonb_build_array(equipment), 'parameters', parameters));
    DELETE FROM alarm.rule WHERE name = 'tried';
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE FUNCTION pg_temp.sql(sql text) RETURNS text LANGUAGE sql AS $$ SELECT pg_temp.answer(jsonb_build_object('sql', sql)) $$;
CREATE FUNCTION pg_temp.arithmetic(expression text, equipment text DEFAULT 't-?') RETURNS text LANGUAGE sql AS $$ SELECT pg_temp.answer(jsonb_build_object('expression', expression), equipment) $$;

-- what plants write
SELECT is(pg_temp.sql(s), 'accepted', s) FROM unnest(ARRAY[
    '1', '(sensors ->> ''temp_in'')::float8 * 1.5 + 2', 'extract(epoch FROM at) / 60', 'date_part(''hour'', at)',
    '(SELECT count(*) FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id WHERE s.equipment_id = machine.equipment_id AND r.time > at - INTERVAL ''1 minute'')',
    '(SELECT e.operating_hours - e.max_operating_hours FROM plant.equipment AS e WHERE e.id = machine.equipment_id)',
    '(SELECT (e.specifications ->> ''limit'')::float8 FROM plant.equipment AS e WHERE e.id = machine.equipment_id)',
    '(SELECT max(m) FROM (SELECT public.time_bucket(''1 min'', time) AS b, avg(value) AS m FROM telemetry.reading GROUP BY 1) AS q)',
    '(WITH r AS (SELECT value, lag(value) OVER (PARTITION BY sensor_id ORDER BY time) AS before FROM telemetry.reading) SELECT max(value - before) FROM r)',
    '(SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY value) FROM telemetry.reading WHERE time > at - INTERVAL ''1 h'')',
    '(SELECT public.last(mean, bucket) - public.first(mean, bucket) FROM rollup.reading_1m WHERE bucket > at - INTERVAL ''1 h'')',
    '(SELECT regr_slope(value, extract(epoch FROM time)) FROM telemetry.reading)', '(SELECT count(*) FROM report.equipment_overview)',
    '(SELECT 1 UNION ALL SELECT 2 LIMIT 1)', 'CASE WHEN 1 IN (SELECT s.id FROM plant.sensor AS s) THEN 1 END', 'CASE WHEN equipment_id IN (''a'', ''b'') THEN 1 END',
    'CASE WHEN EXISTS (SELECT FROM plant.equipment AS e WHERE e.tags @> ''{hot}'') THEN 1 END', 'greatest(coalesce((sensors ->> ''x'')::float8, 0), 1, sqrt(2), 2.0::float8 ^ 3)',
    'CASE WHEN equipment_id LIKE ''t%'' AND at BETWEEN ''2020-01-01'' AND now() THEN 1 ELSE 0 END', 'length(split_part(upper(equipment_id), ''-'', 1))', 'round(1.234::numeric, 2)'
]) AS s;

-- what waits, locks, tells, writes or reaches outside, however it is written
SELECT matches(pg_temp.sql(s), '^MW422 parameters.sql must not (call|read|use)', s) FROM unnest(ARRAY[
    '(0.1::float8).pg_sleep::text::float8', 'length((hashtextextended(''x'', 0)).pg_advisory_lock::text)', 'length((1::bigint).pg_advisory_xact_lock::text)',
    '(''x''::text).pg_read_file.length', 'length((''x''::text).current_setting)', '(SELECT count(*) FROM pg_ls_dir(''.''))', '(SELECT max((0.5::float8).pg_sleep::text) FROM plant.sensor)::float8',
    'length(pg_catalog.set_config(''a.b'', ''c'', false))', '(SELECT (0.1::float8).pg_sleep IS NULL FROM plant.sensor LIMIT 1)::int', '(SELECT count(*) FILTER (WHERE pg_sleep(1) IS NULL) FROM plant.sensor)',
    '(SELECT count(*) FROM plant.sensor ORDER BY pg_sleep(1)::text)', '(SELECT count(*) FROM plant.sensor HAVING pg_sleep(1) IS NULL)', '(SELECT max(1) OVER (ORDER BY pg_sleep(1)::text) FROM plant.sensor LIMIT 1)',
    '(SELECT 1 FROM plant.sensor LIMIT (pg_sleep(1) IS NULL)::int)', '(SELECT count(*) FROM plant.sensor AS a JOIN plant.sensor AS b ON pg_sleep(1) IS NULL)', '(VALUES (pg_sleep(1)::text::float8))',
    '(WITH c AS (SELECT pg_sleep(1) AS s) SELECT count(s) FROM c)', '(ARRAY[1])[pg_backend_pid()]', 'CASE pg_backend_pid() WHEN 1 THEN 1 END', 'currval(''plant.sensor_id_seq'')',
    '(SELECT count(*) FROM pg_class)', '(SELECT count(*) FROM pg_stat_activity)', '(SELECT count(*) FROM information_schema.tables)', '(SELECT count(*) FROM timescaledb_information.chunks)',
    'length(inet_server_addr()::text)', 'length(version())', 'txid_current()', 'pg_try_advisory_lock(1)::int'
]) AS s;
-- what makes much of little
SELECT matches(pg_temp.sql(s), '^MW422 ', s) FROM unnest(ARRAY[
    'length(repeat(''x'', 1000000000))', 'length((''x''::text).repeat)', '(SELECT length(string_agg(name, '','')) FROM plant.sensor)', '(SELECT cardinality(array_agg(id)) FROM plant.sensor)',
    'cardinality(ARRAY(SELECT id FROM plant.sensor))', 'length(''a'' || ''b'')', 'length(concat(''a'', ''b''))', 'length(lpad(''a'', 100000000))', 'length(format(''%100000000s'', ''a''))', 'length(''a''::char(10000000))',
    'length(1::bit(80000000)::text)', 'length(replace(''aa'', ''a'', ''aaaa''))', 'length(regexp_replace(''aa'', ''a'', ''aaaa'', ''g''))', 'length(overlay(''a'' PLACING ''bb'' FROM 1))', 'length(to_char(1, ''9''))', 'length(array_to_string(''{1}''::int[], '',''))',
    'cardinality(array_fill(1, ARRAY[100000000]))', 'cardinality(''{1}''::int[] || ''{2}''::int[])', '(SELECT count(*) FROM generate_series(1, 1000000000))', '(SELECT jsonb_array_length(jsonb_agg(1)) FROM plant.sensor)',
    'length(jsonb_build_array(1)::text)', 'length(to_jsonb(1)::text)', 'length(JSON_OBJECT(''a'': 1)::text)', 'length(xmlelement(name a)::text)', 'length(''<a/>''::xml::text)', 'length(row_to_json(ROW(1))::text)', 'length(ROW(1, 2)::text)',
    '2::numeric ^ 100000', 'power(10::numeric, 100000)', 'exp(1000::numeric)', 'factorial(10000)', 'lcm(1.5::numeric, 2)', 'gcd(1.5::numeric, 2)', 'width_bucket(1.5::numeric, 0, 2, 3)', '1e100000', '''1e100000''::numeric', '(sensors ->> ''temp_in'')::numeric', '(sensors -> ''temp_in'')::numeric', '(SELECT x * x * x * x * x * x FROM (SELECT 1.5 AS x) AS q)',
    '(WITH RECURSIVE n (s) AS (SELECT ''x''::text UNION ALL SELECT s FROM n) SELECT count(*) FROM n)', 'CASE WHEN equipment_id ~ ''(a*)*b'' THEN 1 END', 'CASE WHEN equipment_id SIMILAR TO ''(a*)*b'' THEN 1 END', 'length(substring(equipment_id, ''(a*)*b''))',
    '(SELECT 1 FROM plant.sensor FOR UPDATE)', '(SELECT 1 FROM plant.sensor TABLESAMPLE SYSTEM (10))', '(SELECT count(*) FROM plant.sensor GROUP BY CUBE (id, name) LIMIT 1)', '(SELECT count(*) FROM json_table(''[1]''::jsonb, ''$[*]'' COLUMNS (a int PATH ''$'')))',
    '(SELECT count(*) FROM ' || (SELECT string_agg('plant.sensor AS s' || i, ', ') FROM generate_series(1, 17) AS i) || ')'
]) AS s;
-- what the parser and the planner copy: nested, twice as often per level
SELECT matches(pg_temp.sql(s), '^MW422 ', left(s, 60)) FROM unnest(ARRAY[
    repeat('(', 100) || '1' || repeat(' BETWEEN 0 AND 1)::int', 100), repeat('(', 9) || '1' || repeat(' BETWEEN SYMMETRIC 0 AND 1)::int', 9),
    repeat('(', 20) || 'length(equipment_id)' || repeat(' IN (length(equipment_id), 1 + 1))::int', 20), repeat('(', 20) || 'length(equipment_id)' || repeat(' NOT in(1, length(equipment_id)))::int', 20),
    repeat('(SELECT x + x AS x FROM ', 40) || '(SELECT 1.0::float8 AS x) AS q' || repeat(') AS q', 39) || ')',
    '(WITH q0 AS (SELECT 1.0::float8 AS x)' || (SELECT string_agg(format(', q%s AS (SELECT x + x AS x FROM q%s)', i, i - 1), '' ORDER BY i) FROM generate_series(1, 40) AS i) || ' SELECT x FROM q40)'
]) AS s;
-- names that look like a tree
SELECT is(pg_temp.sql('(SELECT count(*) AS ":funcid" FROM (SELECT 1 AS "{FUNCEXPR :funcid 2626 ") AS ":opno")'), 'accepted', 'a name in the tree is a name');
SELECT matches(pg_temp.sql('(SELECT count(*) FROM (SELECT pg_sleep(1) AS "a} :funcid 2331 {CONST ") AS ":funcid")'), '^MW422 parameters.sql must not call pg_sleep', 'and hides nothing');
SELECT is((SELECT count(*) FROM pg_class WHERE relnamespace = 'alarm_scratch'::regnamespace), 0::bigint, 'nothing stays where it is parsed');

-- whose things they are
CREATE ROLE tree_engineer;
GRANT engineer TO tree_engineer;
CREATE SCHEMA her AUTHORIZATION tree_engineer;
SET ROLE tree_engineer;
CREATE FUNCTION her.harmless(float8) RETURNS float8 LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION her.add(float8, text) RETURNS float8 LANGUAGE sql AS 'SELECT $1';
CREATE OPERATOR her.+ (LEFTARG = float8, RIGHTARG = text, FUNCTION = her.add);
CREATE VIEW her.view AS SELECT pg_sleep(1) IS NULL AS x;
CREATE TYPE her.mood AS ENUM ('good');
GRANT USAGE ON SCHEMA her TO alarm_expression;
GRANT SELECT ON her.view TO alarm_expression;
SELECT throws_ok($$INSERT INTO alarm.allowed_routine (kind, name) VALUES ('function', 'pg_catalog.pg_sleep')$$, '42501', NULL, 'an engineer allows herself nothing');
SELECT throws_ok($$UPDATE alarm.allowed_type SET from_text = true$$, '42501', NULL, 'no type either');
SELECT matches(pg_temp.sql(s), '^MW422 ', 'an engineer''s: ' || s) FROM unnest('{her.harmless(1),1.0::float8 OPERATOR(her.+) ''x''::text,(SELECT count(*) FROM her.view),length(''good''::her.mood::text)}'::text[]) AS s;
RESET ROLE;
INSERT INTO alarm.allowed_routine (kind, name) VALUES ('function', 'her.harmless'), ('operator', 'her.+');
SELECT matches(pg_temp.sql('her.harmless(1)'), '^MW422 ', 'nor when an administrator allows the name: she can exchange what stands behind it');
ALTER FUNCTION her.harmless(float8) OWNER TO millwright;
SELECT matches(pg_temp.sql('her.harmless(1)'), '^MW422 ', 'nor in her schema');
ALTER SCHEMA her OWNER TO millwright;
SELECT is(pg_temp.sql('her.harmless(1)'), 'accepted', 'an administrator takes both over');

-- judged again when what is allowed changes, and what was written before anything was judged
CREATE FUNCTION pg_temp.judge() RETURNS text LANGUAGE plpgsql AS $$ BEGIN
    PERFORM alarm.judge_expressions(clock_timestamp());
    RETURN (SELECT coalesce(e.error, 'good') FROM alarm.expression_run AS e); END $$;
SELECT alarm.create_rule('{"name": "kept", "condition": "expression", "high": 1, "select_equipment": ["t-?"], "parameters": {"sql": "her.harmless(0)"}}') > 0 AS made \g /dev/null
SELECT is(pg_temp.judge(), 'good', 'it runs');
UPDATE alarm.allowed_routine SET enabled = false WHERE name = 'her.harmless';
SELECT is(pg_temp.judge(), 'MW422: parameters.sql must not call harmless()', 'withdrawn: it does not run any more, and a system alarm says why');
SELECT is(pg_temp.judge(), 'MW422: parameters.sql must not call harmless()', 'nor the next time');
UPDATE alarm.allowed_routine SET enabled = true WHERE name = 'her.harmless';
SELECT is(pg_temp.judge(), 'good', 'and again when it is allowed');
ALTER TABLE alarm.rule DISABLE TRIGGER rule_check;
UPDATE alarm.rule SET parameters = '{"sql": "(0.1::float8).pg_sleep::text::float8"}' WHERE name = 'kept';
ALTER TABLE alarm.rule ENABLE TRIGGER rule_check;
SELECT is(pg_temp.judge(), 'MW422: parameters.sql must not call pg_sleep()', 'a rule of an earlier release is judged before it runs');
DELETE FROM alarm.rule WHERE name = 'kept';

-- arithmetic over sensors: the word at fault is named
SELECT is(pg_temp.arithmetic(e), 'accepted', e) FROM unnest(ARRAY['temp_in - temp_out', '-temp_in', '2 * -temp_in', 'least(temp_in, (temp_out + 1.5e3) / 2, 3)', 'abs(temp_in) - -1']) AS e;
SELECT is(pg_temp.arithmetic(e), 'MW422 ' || says, e) FROM (VALUES
    ('temp_in - ', 'parameters.expression ends with "-": a name or a number is missing after it'),
    ('temp_in - tmep_out', 'parameters.expression: no selected machine has a sensor "tmep_out"'),
    ('temp_in temp_out', 'parameters.expression: an operator is missing before "temp_out"'), ('3 temp_in', 'parameters.expression: an operator is missing before "temp_in"'),
    ('2temp_in', 'parameters.expression: an operator is missing before "temp_in"'), ('* temp_in', 'parameters.expression: a name or a number is missing before "*"'),
    ('temp_in (2)', 'parameters.expression: "temp_in" is no function'), ('max(temp_in, 1)', 'parameters.expression: "max" is no function'), ('abs + 1', 'parameters.expression: "abs" is a function and needs a parenthesis'),
    ('abs', 'parameters.expression ends with "abs": a name or a number is missing after it'), ('()', 'parameters.expression: a name or a number is missing before ")"'),
    ('abs(temp_in, 1)', 'parameters.expression: unexpected ","'), ('temp_in, 1', 'parameters.expression: unexpected ","'), ('(temp_in', 'the parentheses of parameters.expression do not match'), ('temp_in)', 'parameters.expression: unexpected ")"'),
    (' ', 'parameters.expression is empty'), ('temp_in; temp_out', 'parameters.expression must not hold ";"'), ('temp_in $1', 'parameters.expression must not hold "$"'),
    ('temp_in ^ 2', 'parameters.expression must not hold "^"')
) AS x (e, says);
SELECT matches(pg_temp.arithmetic('1e999'), '^MW422 parameters.expression: ', 'a number that is none');
SELECT is(pg_temp.arithmetic('anything', 'u-1'), 'accepted', 'a machine without sensors: they may come');
SELECT is(pg_temp.arithmetic('anything', 'nobody'), 'accepted', 'no machine yet: it may come');
SELECT * FROM finish();
ROLLBACK;
