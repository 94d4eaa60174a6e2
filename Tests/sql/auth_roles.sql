-- The roles stand in auth.role and nowhere else; what PostgreSQL grants agrees with them.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;

SELECT is(auth.given_roles(), '{viewer,operator,engineer,admin}', 'what an account or a key may be given');
SELECT is_empty($$SELECT r.name FROM auth.role AS r WHERE NOT EXISTS (SELECT FROM pg_roles AS p WHERE p.rolname = r.name AND NOT p.rolcanlogin)$$,
    'each is a role of PostgreSQL that nobody logs in as');
SELECT is_empty($$
    SELECT a.name, b.name FROM auth.role AS a, auth.role AS b
    WHERE a.rank > 1 AND b.rank > 1 AND pg_has_role(a.name, b.name, 'MEMBER') <> (a.rank >= b.rank)$$,
    'and may do what those below it may, and no more');
SELECT is_empty($$SELECT r.name FROM auth.role AS r WHERE NOT pg_has_role('thin', r.name, 'MEMBER')$$, 'thin can become each of them');

-- A list of roles: two or more names in brackets or an ARRAY, all of them roles.
CREATE FUNCTION pg_temp.lists(source text) RETURNS SETOF text LANGUAGE sql STABLE AS $$
    SELECT m[1] FROM regexp_matches(replace(source, '::text', ''), $re$([(\[{]\s*'?[a-z_]+'?(?:\s*,\s*'?[a-z_]+'?)+\s*[)\]}])$re$, 'g') AS m
    WHERE (m[1] ~ '''' OR m[1] ~ '^{')
      AND NOT EXISTS (SELECT FROM regexp_matches(m[1], '[a-z_]+', 'g') AS w WHERE w[1] NOT IN (SELECT r.name FROM auth.role AS r))
$$;
SELECT is_empty($$
    SELECT f.place, l
    FROM (
        SELECT p.oid::regprocedure::text, pg_get_functiondef(p.oid) FROM pg_proc AS p
        WHERE p.prokind IN ('f', 'p') AND p.pronamespace IN (SELECT n.oid FROM pg_namespace AS n WHERE n.nspowner = 'millwright'::regrole)
        UNION ALL
        SELECT c.conrelid::regclass || ' ' || c.conname, pg_get_constraintdef(c.oid) FROM pg_constraint AS c WHERE c.contype = 'c'
        UNION ALL
        SELECT s.name, s.definition::text FROM api.schema_component AS s WHERE s.name <> 'Role'
    ) AS f (place, definition)
    CROSS JOIN LATERAL pg_temp.lists(replace(f.definition, '"', '''')) AS l$$,
    'no function, constraint or schema has a list of its own');
SELECT is((SELECT s.definition -> 'enum' FROM api.schema_component AS s WHERE s.name = 'Role'), to_jsonb(auth.given_roles()), 'the API''s document has them from there');

CREATE FUNCTION pg_temp.refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_message text;
BEGIN
    EXECUTE statement;
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_message = MESSAGE_TEXT;
    RETURN SQLSTATE || ' ' || v_message;
END $$;
SELECT is(pg_temp.refusal(format('SELECT auth.check_role(%L)', r)), e, coalesce(r, 'none'))
FROM (VALUES ('viewer', 'accepted'), ('admin', 'accepted'),
             ('anonymous', 'MW422 role must be viewer, operator, engineer or admin'),
             ('thin', 'MW422 role must be viewer, operator, engineer or admin'), (NULL, 'MW422 role must be viewer, operator, engineer or admin')) AS v (r, e);
SELECT is(pg_temp.refusal(format('UPDATE auth.account SET role = %L', r)) ~ e, true, format('an account cannot be %s', r))
FROM (SELECT auth.create_account('role-test', 'role@example.com', 'correct horse battery', NULL, 'viewer')) AS a,
     (VALUES ('anonymous', '^23514'), ('root', '^23503')) AS v (r, e);
SELECT is(auth.role_rank('engineer') > auth.role_rank('operator') AND auth.role_rank('nobody') IS NULL, true, 'who may do more has a higher rank');
SELECT is_empty($$
    SELECT r, p FROM unnest('{anonymous,viewer,operator,engineer,admin,thin,grafana_reader}'::text[]) AS r, unnest('{INSERT,UPDATE,DELETE}'::text[]) AS p
    WHERE has_table_privilege(r, 'auth.role', p)$$, 'nobody writes them');
SELECT * FROM finish();
ROLLBACK;
