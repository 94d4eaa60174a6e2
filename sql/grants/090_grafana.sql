-- Grafana's login reads what a viewer reads, and calls what only reads: nothing of api, where viewers also write, and nothing VOLATILE.
-- Derived, so that what a viewer may read tomorrow needs no second line.
DO $$
DECLARE
    v_statement text;
BEGIN
    FOR v_statement IN
        SELECT format('GRANT USAGE ON SCHEMA %I TO grafana_reader', n.nspname)
        FROM pg_namespace AS n
        WHERE n.nspowner = 'millwright'::regrole AND n.nspname NOT IN ('api', 'auth') AND has_schema_privilege('viewer', n.oid, 'USAGE')
        UNION ALL
        SELECT format('%s SELECT ON %s %s grafana_reader', CASE WHEN x.wanted THEN 'GRANT' ELSE 'REVOKE' END, x.oid::regclass, CASE WHEN x.wanted THEN 'TO' ELSE 'FROM' END)
        FROM (
            SELECT c.oid, has_table_privilege('viewer', c.oid, 'SELECT') AND n.nspname NOT IN ('api', 'auth') AS wanted,
                   has_table_privilege('grafana_reader', c.oid, 'SELECT') AS had
            FROM pg_class AS c
            JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspowner = 'millwright'::regrole
            WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relowner = 'millwright'::regrole
        ) AS x
        WHERE x.wanted <> x.had
        UNION ALL
        SELECT format('%s EXECUTE ON FUNCTION %s %s grafana_reader', CASE WHEN x.wanted THEN 'GRANT' ELSE 'REVOKE' END, x.oid::regprocedure, CASE WHEN x.wanted THEN 'TO' ELSE 'FROM' END)
        FROM (
            SELECT p.oid, has_function_privilege('viewer', p.oid, 'EXECUTE') AND p.provolatile <> 'v' AND n.nspname NOT IN ('api', 'auth') AS wanted,
                   has_function_privilege('grafana_reader', p.oid, 'EXECUTE') AS had
            FROM pg_proc AS p
            JOIN pg_namespace AS n ON n.oid = p.pronamespace AND n.nspowner = 'millwright'::regrole
            WHERE p.prokind = 'f' AND p.proowner = 'millwright'::regrole
        ) AS x
        WHERE x.wanted <> x.had
    LOOP
        EXECUTE v_statement;
    END LOOP;
END
$$;
