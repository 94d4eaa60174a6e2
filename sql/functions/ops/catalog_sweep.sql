-- The rules of the house, asked of the catalog. Looked at is what lies in schemas that role millwright owns, and in public and compat.
-- The product's is what the ledger names and the owner role owns (in compat: whatever it owns there); the rest is a plant's, and so
-- nobody's business here but a word of warning. What belongs to an extension is left out.
CREATE OR REPLACE FUNCTION ops.catalog_sweep() RETURNS TABLE (object text, problem text, is_product boolean)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH recorded AS (
        SELECT u.name FROM ops.migration AS m CROSS JOIN LATERAL unnest(m.objects) AS u (name)
    ),
    schema AS (
        SELECT n.oid, n.nspname, n.nspacl,
            n.nspname IN ('public', 'compat') OR n.nspname IN (SELECT name FROM recorded) AS is_product
        FROM pg_namespace AS n
        WHERE (n.nspowner = 'millwright'::regrole OR n.nspname IN ('public', 'compat'))
            AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e')
    ),
    routine AS (
        SELECT p.oid, p.oid::regprocedure::text AS name, p.prokind, p.prosrc, p.prosecdef, p.prosqlbody IS NOT NULL AS is_bound,
            coalesce(p.proacl, acldefault('f', p.proowner)) AS acl,
            (SELECT substr(c, length('search_path=') + 1) FROM unnest(p.proconfig) AS c WHERE c LIKE 'search_path=%') AS search_path,
            p.proowner IN ('millwright'::regrole, 'alarm_expression'::regrole)
                AND (s.nspname = 'compat' OR format('%I.%I(%s)', s.nspname, p.proname, oidvectortypes(p.proargtypes))
                    IN (SELECT name FROM recorded)) AS is_product
        FROM pg_proc AS p
        JOIN schema AS s ON s.oid = p.pronamespace
        WHERE NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
    ),
    relation AS (
        SELECT c.oid, c.oid::regclass::text AS name, c.relkind, c.relacl AS acl,
            c.relowner = 'millwright'::regrole
                AND (s.nspname = 'compat' OR format('%I.%I', s.nspname, coalesce(o.relname, c.relname)) IN (SELECT name FROM recorded))
                AS is_product
        FROM pg_class AS c
        JOIN schema AS s ON s.oid = c.relnamespace
        -- a sequence is its table's
        LEFT JOIN pg_depend AS q ON c.relkind = 'S' AND q.classid = 'pg_class'::regclass AND q.objid = c.oid
            AND q.refclassid = 'pg_class'::regclass AND q.deptype IN ('i', 'a')
        LEFT JOIN pg_class AS o ON o.oid = q.refobjid
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
            AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    )
    SELECT 'routine ' || r.name, 'has no fixed search_path', r.is_product
    FROM routine AS r
    -- a procedure that commits (or calls one) cannot have one, and a body that was bound when it was created needs none
    WHERE r.search_path IS NULL AND NOT r.is_bound AND NOT (r.prokind = 'p' AND r.prosrc ~* '\m(COMMIT|CALL)\M')
    UNION ALL
    SELECT 'routine ' || r.name, 'runs as its owner, but its search_path does not end with pg_temp', r.is_product
    FROM routine AS r
    WHERE r.prosecdef AND NOT r.is_bound AND coalesce(r.search_path, '') !~ '(^|, ?)pg_temp$'
    UNION ALL
    SELECT 'routine ' || r.name, 'has "$user" in its search_path', r.is_product
    FROM routine AS r WHERE r.search_path ~ '\$user'
    UNION ALL
    SELECT 'routine ' || r.name, 'grants EXECUTE to PUBLIC', r.is_product
    FROM routine AS r WHERE EXISTS (SELECT FROM aclexplode(r.acl) AS a WHERE a.grantee = 0)
    UNION ALL
    SELECT 'routine ' || r.name, 'has no comment', r.is_product
    FROM routine AS r WHERE obj_description(r.oid, 'pg_proc') IS NULL
    UNION ALL
    SELECT CASE r.relkind WHEN 'S' THEN 'sequence ' WHEN 'v' THEN 'view ' ELSE 'table ' END || r.name,
        'grants ' || a.privilege_type || ' to PUBLIC', r.is_product
    FROM relation AS r CROSS JOIN LATERAL aclexplode(r.acl) AS a WHERE a.grantee = 0
    UNION ALL
    SELECT 'column ' || r.name || '.' || t.attname, 'grants ' || a.privilege_type || ' to PUBLIC', r.is_product
    FROM relation AS r
    JOIN pg_attribute AS t ON t.attrelid = r.oid AND t.attacl IS NOT NULL
    CROSS JOIN LATERAL aclexplode(t.attacl) AS a
    WHERE a.grantee = 0
    UNION ALL
    SELECT CASE r.relkind WHEN 'v' THEN 'view ' ELSE 'table ' END || r.name, 'has no comment', r.is_product
    FROM relation AS r WHERE r.relkind <> 'S' AND obj_description(r.oid, 'pg_class') IS NULL
    UNION ALL
    SELECT 'schema ' || s.nspname, 'grants ' || a.privilege_type || ' to PUBLIC', s.is_product
    FROM schema AS s CROSS JOIN LATERAL aclexplode(s.nspacl) AS a WHERE a.grantee = 0
    UNION ALL
    SELECT 'schema ' || s.nspname, 'has no comment', s.is_product
    FROM schema AS s WHERE obj_description(s.oid, 'pg_namespace') IS NULL
    UNION ALL
    SELECT 'default privileges of ' || d.defaclrole::regrole::text, 'grant ' || a.privilege_type || ' to PUBLIC', true
    FROM pg_default_acl AS d CROSS JOIN LATERAL aclexplode(d.defaclacl) AS a
    WHERE a.grantee = 0 AND d.defaclrole = 'millwright'::regrole AND d.defaclobjtype <> 'T'
    ORDER BY 1, 2;

    -- the route table may not exist while a database is built up step by step
    IF to_regclass('api.route') IS NOT NULL THEN
        RETURN QUERY EXECUTE
            $query$SELECT format('route %s %s', method, path), 'has no summary', true FROM api.route WHERE coalesce(summary, '') = '' ORDER BY 1$query$;
    END IF;
END
$$;
COMMENT ON FUNCTION ops.catalog_sweep() IS
    'Objects that break a rule: routine without fixed search_path, anything granted to PUBLIC, schema, table, view, routine or route without a comment. is_product: it is the product''s (owned by role millwright and named in ops.migration.objects) and refuses an upgrade; else a plant''s, and thin migrate only warns. No row means that all is well. Called by thin migrate, make lint and the tests.';
REVOKE ALL ON FUNCTION ops.catalog_sweep() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.catalog_sweep() TO viewer;
