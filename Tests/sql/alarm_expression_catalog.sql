-- Every function and operator of the server, tried in a rule: what is accepted is what a row of alarm.allowed_routine names, and neither
-- waits, tells, writes, reads files, nor makes long values. A new function of a newer server is covered by itself.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
-- many calls in one tree; where one of them does not even parse, each half for itself
CREATE TYPE pg_temp.judged AS (kind text, name text, arguments text, allowed boolean);
CREATE FUNCTION pg_temp.judge(calls text[]) RETURNS SETOF pg_temp.judged LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY SELECT r.kind, r.name, r.arguments, r.allowed FROM alarm.routine_allowance(alarm.parse_expression(
        'SELECT ' || (SELECT string_agg(c || ' AS c' || i, ', ') FROM unnest(calls) WITH ORDINALITY AS u (c, i)))) AS r;
EXCEPTION WHEN OTHERS THEN
    IF cardinality(calls) > 1 THEN
        RETURN QUERY SELECT * FROM pg_temp.judge(calls[:cardinality(calls) / 2]) UNION ALL SELECT * FROM pg_temp.judge(calls[cardinality(calls) / 2 + 1:]);
    END IF;
END $$;
CREATE TEMP TABLE call AS
SELECT c.call
FROM pg_proc AS p
JOIN pg_namespace AS n ON n.oid = p.pronamespace AND n.nspname IN ('pg_catalog', 'public')
CROSS JOIN LATERAL (
    SELECT format('%I.%I(%s)', n.nspname, p.proname, string_agg('NULL::' || format_type(t, NULL), ', ' ORDER BY i)) AS call
    FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS a (t, i)
    UNION
    -- the notation that needs no parenthesis
    SELECT format('(NULL::%s).%I', format_type(p.proargtypes[0], NULL), p.proname) WHERE p.pronargs = 1
) AS c
WHERE p.prokind = 'f' AND NOT p.proretset AND c.call IS NOT NULL AND p.proowner <> 'millwright'::regrole
  AND NOT EXISTS (SELECT FROM unnest(p.proargtypes::oid[] || p.prorettype) AS t JOIN pg_type AS y ON y.oid = t WHERE y.typtype = 'p')
UNION ALL
SELECT format('(%s OPERATOR(pg_catalog.%s) NULL::%s)', 'NULL::' || format_type(nullif(o.oprleft, 0), NULL), o.oprname, format_type(o.oprright, NULL))
FROM pg_operator AS o
WHERE o.oprnamespace = 'pg_catalog'::regnamespace;
CREATE TEMP TABLE tried AS
SELECT DISTINCT j.*
FROM (SELECT array_agg(c.call) AS calls FROM (SELECT call, row_number() OVER () / 60 AS batch FROM call) AS c GROUP BY c.batch) AS b
CROSS JOIN LATERAL pg_temp.judge(b.calls) AS j;

SELECT ok((SELECT count(*) FILTER (WHERE NOT allowed) > 2000 AND count(*) FILTER (WHERE allowed) > 250 FROM tried), 'the catalog was tried');
SELECT is((SELECT string_agg(t.name || '(' || t.arguments || ')', E'\n') FROM tried AS t
           WHERE t.allowed AND NOT EXISTS (SELECT FROM alarm.allowed_routine AS a WHERE a.kind = t.kind AND a.name = t.name AND a.enabled)), NULL, 'what is accepted is on the list');
SELECT is((SELECT string_agg(t.name || '(' || t.arguments || ')', E'\n') FROM tried AS t
           WHERE t.allowed AND (EXISTS (SELECT FROM pg_proc AS p WHERE p.provolatile = 'v' AND t.kind = 'function' AND t.name = p.pronamespace::regnamespace || '.' || p.proname)
                OR t.name ~ '(advisory|sleep|lo_|file|_ls_|notify|config|setting|terminate|cancel|reload|xml|json_?build|to_json|repeat|pad$|string_agg|array_agg|format|concat|replace|regexp|generate|query_to|dblink|read|stat_|_size|random|nextval|currval|txid|snapshot)'
                OR t.kind = 'operator' AND t.name ~ '^pg_catalog\.(\|\||!?~\*?|\^@|##|@@)$' AND t.arguments ~ 'text')), NULL, 'and none of it is what a rule must not do');
SELECT is((SELECT count(*) FROM tried AS t WHERE t.allowed AND (t.name, t.arguments) IN (('pg_catalog.abs', 'double precision'), ('pg_catalog.date_part', 'text, timestamp with time zone'),
    ('pg_catalog.+', 'double precision, double precision'), ('pg_catalog.->>', 'jsonb, text'), ('pg_catalog.~~', 'text, text'))), 5::bigint, 'arithmetic is');
SELECT is((SELECT count(*) FROM pg_class WHERE relnamespace = 'alarm_scratch'::regnamespace), 0::bigint, 'nothing stays where it was parsed');
SELECT * FROM finish();
ROLLBACK;
