-- plpgsql_check over every PL/pgSQL routine of ours; trigger functions for each table that they stand on. Prints nothing when
-- all is well. Called by scripts/lint with a freshly migrated database.
\set QUIET on
SET client_min_messages = warning;
SET search_path = pg_catalog, public;

-- What is right although the checker doubts it. A line here needs its reason.
CREATE TEMPORARY TABLE excused (routine text, like_message text, reason text);
INSERT INTO excused VALUES
    ('%', 'name of parameter % is reserved keyword', 'the members of the HTTP API carry these names'),
    ('%', '%cannot to determine result of dynamic SQL%', 'said of any EXECUTE … INTO'),
    ('telemetry.buckets', 'OUT variable % is maybe unmodified', 'assigned by RETURN QUERY EXECUTE'),
    ('telemetry.buckets', 'text type variable is not sanitized', 'telemetry.bucket_parts quotes what is in it'),
    ('ops.aggregate_lag', 'OUT variable % is maybe unmodified', 'the same'),
    ('alarm.series', 'OUT variable % is maybe unmodified', 'the same'),
    ('%', 'cannot determinate a result of dynamic SQL', 'the same'),
    ('%', 'target type is different type than source type', 'constants such as ''{}'' count as text here; a wrong one fails at once'),
    ('%', 'unused parameter%', 'kept for the signature''s sake'),
    ('ml.rul_lite_run', 'composite OUT variable % is not single argument', 'a state, and beside it what is to be told of it'),
    ('ingest.import_block', 'relation "pg_temp.import_staging" does not exist', 'ingest.begin_import makes it in the caller''s session'),
    ('alarm.create_rule', 'text type variable is not sanitized', 'a column name out of pg_attribute'),
    ('alarm.evaluate_expression', 'text type variable is not sanitized', 'the rule''s own SQL is what is meant to run: as a role that may only read, checked by alarm.check_tree'),
    ('alarm.parse_expression', 'text type variable is not sanitized', 'the same; alarm.check_sql has seen that it stays between its parentheses'),
    ('alarm.plan_expression', 'text type variable is not sanitized', 'the same'),
    ('alarm.store_rule', 'control reached end of function without RETURN', 'each handler ends in alarm.refuse, which raises'),
    ('compat.%', 'text type variable is not sanitized', 'expressions out of the definition of a continuous aggregate, which only the owner can write'),
    ('report.section_cells', 'text type variable is not sanitized', 'made with format(%I, %L) of the names of a function''s columns'),
    ('ops.execute_job', 'text type variable is not sanitized', 'ops.job_statement quotes the procedure, which only the owner can write into ops.job'),
    ('compat.alter_job', 'parameter name "job_id" used more than once', 'argument and result column of the same name, as TimescaleDB has it');

CREATE TEMPORARY TABLE target AS
WITH routine AS (
    SELECT p.oid, n.nspname || '.' || p.proname AS name, p.prorettype = 'trigger'::regtype AS is_trigger
    FROM pg_proc p
    JOIN pg_namespace n ON n.oid = p.pronamespace
    JOIN pg_language l ON l.oid = p.prolang AND l.lanname = 'plpgsql'
    WHERE n.nspname IN ('plant', 'ingest', 'telemetry', 'rollup', 'ml', 'alarm', 'relay', 'auth', 'api', 'report', 'ops', 'compat')
        AND p.prorettype <> 'event_trigger'::regtype
)
SELECT r.oid, r.name, 0::oid AS relation, NULL::name AS old_table, NULL::name AS new_table FROM routine r WHERE NOT r.is_trigger
UNION ALL
-- A function that serves INSERT and UPDATE names both transition tables, each in its own branch.
SELECT r.oid, r.name, t.tgrelid, max(t.tgoldtable::text)::name, max(t.tgnewtable::text)::name
FROM routine r JOIN pg_trigger t ON t.tgfoid = r.oid WHERE r.is_trigger
GROUP BY r.oid, r.name, t.tgrelid;

CREATE TEMPORARY TABLE finding AS
SELECT t.oid, t.name, t.relation, c.lineno, c.level, c.sqlstate, c.message, c.detail, c.hint, c.query
FROM target t
CROSS JOIN LATERAL public.plpgsql_check_function_tb(t.oid::regprocedure, t.relation, oldtable => t.old_table, newtable => t.new_table,
    other_warnings => true, extra_warnings => true, performance_warnings => false, security_warnings => true) c;

\pset format unaligned
\pset tuples_only on
\pset fieldsep ' '
SELECT f.name || ':' || coalesce(f.lineno::text, '?'), f.level, f.sqlstate, f.message, min(f.detail), min('(' || f.hint || ')'),
    min('in: ' || left(regexp_replace(f.query, '\s+', ' ', 'g'), 160))
FROM finding f
WHERE NOT EXISTS (SELECT FROM excused e WHERE f.name LIKE e.routine AND f.message LIKE e.like_message)
GROUP BY f.oid, f.name, f.lineno, f.level, f.sqlstate, f.message
-- A branch for one table cannot be right for the others too: only what is wrong for all of them is wrong.
HAVING count(DISTINCT f.relation) = (SELECT count(*) FROM target t WHERE t.oid = f.oid)
ORDER BY f.name, f.lineno;
