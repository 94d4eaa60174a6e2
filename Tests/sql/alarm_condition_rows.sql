-- What is known of a condition stands in its row: a new one is a row and a function.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
INSERT INTO plant.equipment (id, name) VALUES ('k-1', 'k');
INSERT INTO plant.sensor (equipment_id, name, type) VALUES ('k-1', 'a', 'temperature');
CREATE FUNCTION pg_temp.at(seconds float8) RETURNS timestamptz LANGUAGE sql AS $$
    SELECT timestamptz '2026-01-01 00:00Z' + make_interval(secs => seconds) $$;
CREATE FUNCTION pg_temp.refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_column text;
BEGIN
    EXECUTE statement;
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_column = COLUMN_NAME;
    RETURN concat_ws(' ', SQLSTATE, nullif(v_column, ''), SQLERRM);
END
$$;

SELECT is(pg_temp.refusal($$INSERT INTO alarm.rule (name, condition, high) VALUES ('d', 'doubled', 10)$$),
    'MW422 condition there is no condition "doubled"', 'what has no row is no condition');
CREATE FUNCTION alarm.series_doubled(r alarm.rule, g alarm.signal, "from" timestamptz, "to" timestamptz)
    RETURNS TABLE ("time" timestamptz, value float8) LANGUAGE sql STABLE AS $$
    SELECT d.time, d.value * (r.parameters ->> 'by')::float8 FROM telemetry.reading AS d
    WHERE d.sensor_id = g.sensor_id AND d.time > series_doubled.from AND d.time <= series_doubled.to
    ORDER BY d.time $$;
INSERT INTO alarm.condition (name, meaning, subject, judged, limits, limits_needed, limits_hint, series)
VALUES ('doubled', 'More of it.', 'sensor', 'clock', '{low,high,high_high}', '{high}', 'Set high.', 'series_doubled');
INSERT INTO alarm.condition_parameter (condition, parameter, type, required, meaning)
VALUES ('doubled', 'by', 'number', true, 'Times what.');
SELECT is(pg_temp.refusal(format($$INSERT INTO alarm.rule (name, condition, %s) VALUES ('d', 'doubled', %s)$$, c.columns, c.values)), c.refused, c.columns)
FROM (VALUES ('low', '1', 'MW422 high condition doubled takes high (and low, high_high)'),
             ('low_low, low, high', '1, 2, 3', 'MW422 low_low condition doubled takes high (and low, high_high)'),
             ('high', '1', 'MW422 parameters condition doubled needs parameters.by'),
             ('high, parameters', $$1, '{"by": "x"}'$$, 'MW422 parameters parameters.by must be a number from 0 to 1e9'),
             ('high, parameters', $$1, '{"by": 2, "per": 3}'$$, 'MW422 parameters condition doubled has no parameter "per"')) AS c (columns, values, refused);

INSERT INTO alarm.rule (name, condition, high, parameters, select_equipment) VALUES ('d', 'doubled', 10, '{"by": 2}', '{k-1}');
SELECT alarm.judge_derived(pg_temp.at(0)) \g /dev/null
INSERT INTO telemetry.reading (time, value, sensor_id)
SELECT pg_temp.at(s), v, n.id FROM plant.sensor AS n, unnest('{1,2,3}'::int[], '{4,6,5}'::float8[]) AS x (s, v) WHERE n.equipment_id = 'k-1';
SELECT alarm.judge_derived(pg_temp.at(60)) \g /dev/null
SELECT is((SELECT string_agg(format('%s@%s %s', t.kind, extract(epoch FROM t.occurred_at - pg_temp.at(0))::integer, t.value), '; ' ORDER BY t.id)
           FROM alarm.transition AS t JOIN alarm.alarm AS a ON a.id = t.alarm_id WHERE a.code = 'd'),
    'raised@2 12; cleared@3 10', 'it is judged live');
SELECT is((SELECT string_agg(format('%s-%s %s', extract(epoch FROM b.raised_at - pg_temp.at(0))::integer,
                                    extract(epoch FROM b.cleared_at - pg_temp.at(0))::integer, b.value), '; ')
           FROM alarm.backtest((SELECT id FROM alarm.rule WHERE name = 'd'), pg_temp.at(0), pg_temp.at(60)) AS b),
    '2-3 12', 'and in the backtest');
SELECT is(pg_temp.refusal($$SELECT * FROM alarm.backtest((SELECT id FROM alarm.rule WHERE name = 'd'), pg_temp.at(0), pg_temp.at(60), source => '1m')$$),
    'MW422 source condition doubled cannot be judged from the rollup 1m', 'which does not guess what a rollup would say');

-- a condition without a history says so
UPDATE alarm.condition SET series = NULL WHERE name = 'doubled';
SELECT is(pg_temp.refusal($$SELECT * FROM alarm.backtest((SELECT id FROM alarm.rule WHERE name = 'd'), pg_temp.at(0), pg_temp.at(60))$$),
    'MW422 rule condition doubled has no history to test against', 'no series, no backtest');

-- the function is called with the owner's rights
SELECT ok(NOT has_table_privilege(r, 'alarm.condition', p), format('%s has no %s on alarm.condition', r, p))
FROM unnest('{viewer,operator,engineer,admin,thin,alarm_expression,grafana_reader}'::text[]) AS r, unnest('{INSERT,UPDATE,DELETE}'::text[]) AS p;
-- each has a meaning, and a series that exists
SELECT is((SELECT string_agg(c.name, ', ') FROM alarm.condition AS c
           WHERE c.name <> 'doubled' AND (c.meaning = '' OR c.series IS NOT NULL AND to_regprocedure(format(
               'alarm.%I(alarm.rule,alarm.signal,timestamptz,timestamptz)', c.series)) IS NULL)), NULL, 'every series is a function');
SELECT is((SELECT string_agg(c.name, ', ' ORDER BY c.place) FROM alarm.condition AS c WHERE c.place > 0),
    (SELECT string_agg(e, ', ' ORDER BY n) FROM api.schema_component AS s, jsonb_array_elements_text(s.definition #> '{properties,condition,enum}') WITH ORDINALITY AS x (e, n)
     WHERE s.name = 'Rule'), 'the API names them all');
-- what tells a condition from others stands in its row: the jobs ask there
SELECT is_empty($$
    SELECT p.oid::regprocedure FROM pg_proc AS p
    WHERE p.pronamespace = 'alarm'::regnamespace AND p.prokind = 'f' AND p.prosrc ~ '''(windowed|no_data)'''$$,
    'no function names windowed or no_data');
UPDATE alarm.condition SET each_minute = true WHERE name = 'doubled';
SELECT is_empty($$SELECT FROM unnest(alarm.backtest_notes((SELECT r FROM alarm.rule AS r WHERE name = 'd'), '1m', 'worst')) AS n WHERE n LIKE 'quality%'$$,
    'of a condition of full minutes a rollup says the same');
SELECT * FROM finish();
ROLLBACK;
