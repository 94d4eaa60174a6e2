-- plpgsql_check over every PL/pgSQL routine of ours, trigger functions once per table that uses them. Prints nothing when
-- all is well. Called by scripts/lint with a freshly migrated database.
\set QUIET on
SET client_min_messages = warning;
SET search_path = pg_catalog, public;
CREATE TEMPORARY TABLE finding AS
WITH routine AS (
    SELECT p.oid, n.nspname || '.' || p.proname AS name, p.prorettype = 'trigger'::regtype AS is_trigger
    FROM pg_proc p
    JOIN pg_namespace n ON n.oid = p.pronamespace
    JOIN pg_language l ON l.oid = p.prolang AND l.lanname = 'plpgsql'
    WHERE n.nspname IN ('plant', 'ingest', 'telemetry', 'rollup', 'ml', 'alarm', 'relay', 'auth', 'api', 'report', 'ops', 'compat')
        AND p.prorettype <> 'event_trigger'::regtype
), target AS (
    SELECT r.oid, r.name, 0::oid AS relation, NULL::name AS old_table, NULL::name AS new_table FROM routine r WHERE NOT r.is_trigger
    UNION ALL
    -- one table per function is enough; transition tables have to be named
    SELECT DISTINCT ON (r.oid, t.tgoldtable, t.tgnewtable) r.oid, r.name, t.tgrelid, t.tgoldtable, t.tgnewtable
    FROM routine r JOIN pg_trigger t ON t.tgfoid = r.oid WHERE r.is_trigger
)
SELECT t.name, c.lineno, c.level, c.sqlstate, c.message, c.detail, c.hint, c.query
FROM target t
CROSS JOIN LATERAL public.plpgsql_check_function_tb(t.oid::regprocedure, t.relation, oldtable => t.old_table, newtable => t.new_table,
    other_warnings => true, extra_warnings => true, performance_warnings => false, security_warnings => true) c
-- Not worth a change: a parameter kept for the signature's sake.
WHERE NOT (c.level = 'warning extra' AND c.message LIKE 'unused parameter%')
    -- Temporary tables that the routine makes itself are unknown to a checker that runs nothing.
    AND NOT (c.sqlstate = '42P01' AND c.message LIKE 'relation "pg_temp%');
\pset format unaligned
\pset tuples_only on
\pset fieldsep ' '
SELECT name || ':' || coalesce(lineno::text, '?'), level, coalesce(sqlstate, ''), message, coalesce(detail, ''), coalesce('(' || hint || ')', ''),
    coalesce('in: ' || left(regexp_replace(query, '\s+', ' ', 'g'), 160), '')
FROM finding ORDER BY name, lineno;
