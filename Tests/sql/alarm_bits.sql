-- How the state machine packs limits into numbers is said once (alarm.bit_of), and costs nothing where it is used.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;

SELECT results_eq($$SELECT l, alarm.bit_of(l), alarm.bit_number(alarm.bit_of(l)) FROM unnest('{low_low,low,high,high_high}'::text[]) AS l$$,
    $$VALUES ('low_low', 1, 1), ('low', 2, 2), ('high', 4, 3), ('high_high', 8, 4)$$, 'each limit has a bit and a place');
SELECT is((SELECT count(*) FROM generate_series(0, 15) AS b, generate_series(0, 15) AS k
           WHERE alarm.limits_beyond(b | alarm.as_back(k)) <> b OR alarm.limits_back(b | alarm.as_back(k)) <> k), 0::bigint,
    'a zone says of each limit whether the value is beyond it and whether it is back');
SELECT is((SELECT count(*) FROM generate_series(0, 15) AS a, unnest('{t,f}'::boolean[]) AS c
           WHERE alarm.event_limits(alarm.as_event(a, c)) <> a OR alarm.event_chatters(alarm.as_event(a, c)) <> c), 0::bigint,
    'an event says what is active and whether the alarm chatters');
SELECT is((SELECT array_agg(a ORDER BY a) FROM generate_series(0, 15) AS a WHERE alarm.is_one_limit(a)), '{0,1,2,4,8}', 'one limit or none');
SELECT is((SELECT array_agg(a ORDER BY a) FROM generate_series(0, 15) AS a WHERE NOT alarm.is_high_side(a)), '{0,1,2,3}', 'which side');
SELECT is((SELECT count(*) FROM generate_series(0, 15) AS a, unnest('{low_low,low,high,high_high}'::text[]) AS l
           WHERE alarm.bit_in(a, alarm.bit_number(alarm.bit_of(l))) <> (a & alarm.bit_of(l) <> 0)), 0::bigint, 'by number as by bit');
SELECT is(alarm.calm_zone(), alarm.zone(false, 1, 2, 3, 4, 0, 2.5), 'a value between all limits is calm');
SELECT is((SELECT DISTINCT alarm.calm_zone() FROM generate_series(1, 1000) AS i
           WHERE alarm.zone(true, '-Infinity', 2, 3, 'Infinity', 0.1, 2 - random() - 0.2) = alarm.calm_zone()), alarm.calm_zone(), 'and one outside a forbidden band');
-- the column's default is written out, since a schema is made before functions
SELECT is((SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef AS d JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
           WHERE d.adrelid = 'alarm.state'::regclass AND a.attname = 'zone'), alarm.calm_zone()::text, 'a new state is calm');

-- numbers without a name: what nobody can search for
SELECT is_empty($$
    SELECT p.oid::regprocedure, m[1]
    FROM pg_proc AS p
    CROSS JOIN LATERAL regexp_matches(regexp_replace(pg_get_functiondef(p.oid), '--[^\n]*', '', 'g'),
        '(\m(?:240|176)\M|[&|#] ?\(?(?:1|2|4|8|12|15|16|32|64|128)\M|(?:<<|[^-]>>) ?[(\d])', 'g') AS m
    WHERE p.pronamespace = 'alarm'::regnamespace AND p.prokind = 'f'
      AND p.proname <> ALL ('{bit_of,as_back,as_event,limits_beyond,limits_back,event_limits,event_chatters,bit_in}')$$,
    'no other function packs or unpacks by hand');
-- the planner puts them in place of the call: what they cost is what the numbers cost
CREATE FUNCTION pg_temp.plan(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v text; v_all text := '';
BEGIN
    FOR v IN EXECUTE 'EXPLAIN (VERBOSE, COSTS OFF) ' || query LOOP v_all := v_all || v || E'\n'; END LOOP;
    RETURN v_all;
END $$;
SELECT is_empty($$
    SELECT f FROM unnest(ARRAY['alarm.zone(false, v, v, v, v, v, v)', 'alarm.calm_zone()', 'alarm.bit_in(i, i)', 'alarm.limits_back(i)',
        'alarm.limits_beyond(i)', 'alarm.as_event(i, true)', 'alarm.event_limits(i)', 'alarm.event_chatters(i)', 'alarm.is_one_limit(i)',
        'alarm.is_high_side(i)', 'alarm.bit_number(i)']) AS f
    WHERE pg_temp.plan(format('SELECT %s FROM (SELECT i, i::float8 AS v FROM generate_series(1, 2) AS i OFFSET 0) AS x', f)) LIKE '%alarm.%'$$,
    'none of them is called');
SELECT * FROM finish();
ROLLBACK;
