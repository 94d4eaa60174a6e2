/// The question to the catalog which objects, not the product's, stand on objects that are to be dropped.
///
/// Text and not a function of ours: it is asked of databases of older releases, before anything of this one is there.
enum StandingQuery {
    /// $1 relations and $2 routines that are to be dropped, $3 tables of which columns change (views on them are in the way),
    /// $4 the product's objects as the ledger names them. With `search_path` empty, so that definitions name their schemas.
    ///
    /// A row an object: kind, identity, whether it goes by itself with what it is part of, owner, statement that drops it,
    /// statements that make it again, statements for when all are there again, last statement (refresh), oid. kind is `obstacle` for what cannot be taken away and put back.
    static let objects = """
        WITH RECURSIVE
        raw AS MATERIALIZED (
            SELECT d.classid, d.objid,
                   CASE WHEN t.oid IS NULL THEN d.refclassid ELSE 'pg_class'::regclass END AS refclassid,
                   CASE WHEN t.oid IS NULL THEN d.refobjid ELSE coalesce(nullif(t.typrelid, 0), e.typrelid) END AS refobjid
            FROM pg_depend AS d
            LEFT JOIN pg_type AS t ON d.refclassid = 'pg_type'::regclass AND t.oid = d.refobjid
            LEFT JOIN pg_type AS e ON e.oid = t.typelem AND t.typcategory = 'A'
            WHERE d.deptype IN ('n', 'a') AND d.refclassid IN ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass)
        ),
        edge AS MATERIALIZED (
            SELECT DISTINCT
                   CASE WHEN w.oid IS NULL THEN r.classid ELSE 'pg_class'::regclass END AS classid,
                   coalesce(w.ev_class, r.objid) AS objid, r.refclassid, r.refobjid
            FROM raw AS r
            LEFT JOIN pg_rewrite AS w ON r.classid = 'pg_rewrite'::regclass AND w.oid = r.objid AND w.rulename = '_RETURN'
            WHERE r.refobjid <> 0 AND w.ev_class IS DISTINCT FROM r.refobjid
        ),
        product AS MATERIALIZED (
            SELECT 'pg_class'::regclass AS classid, c.oid AS objid
            FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
              AND (n.nspname = 'compat' OR n.nspname LIKE '\\_timescaledb%' OR format('%I.%I', n.nspname, c.relname) = ANY ($4))
            UNION ALL
            SELECT 'pg_proc'::regclass, p.oid
            FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
            WHERE n.nspname = 'compat'
               OR format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)) = ANY ($4)
            UNION ALL
            -- what an extension made, or made itself part of
            SELECT d.classid, d.objid FROM pg_depend AS d WHERE d.deptype IN ('e', 'x')
        ),
        dropped AS (
            SELECT 'pg_class'::regclass AS classid, u AS objid FROM unnest($1::oid[]) AS u
            UNION ALL SELECT 'pg_proc'::regclass, u FROM unnest($2::oid[]) AS u
        ),
        standing AS (
            SELECT e.classid, e.objid
            FROM (
                SELECT e.* FROM dropped AS d JOIN edge AS e ON e.refclassid = d.classid AND e.refobjid = d.objid
                UNION ALL
                SELECT e.* FROM edge AS e
                LEFT JOIN pg_class AS c ON e.classid = 'pg_class'::regclass AND c.oid = e.objid
                LEFT JOIN pg_rewrite AS w ON e.classid = 'pg_rewrite'::regclass AND w.oid = e.objid
                WHERE e.refclassid = 'pg_class'::regclass AND e.refobjid = ANY ($3::oid[])
                  AND (c.relkind IN ('v', 'm') OR w.ev_class <> e.refobjid)
            ) AS e
            WHERE NOT EXISTS (SELECT FROM product AS p WHERE p.classid = e.classid AND p.objid = e.objid)
            UNION
            SELECT e.classid, e.objid
            FROM standing AS s JOIN edge AS e ON e.refclassid = s.classid AND e.refobjid = s.objid
            WHERE NOT EXISTS (SELECT FROM product AS p WHERE p.classid = e.classid AND p.objid = e.objid)
              AND NOT EXISTS (SELECT FROM dropped AS d WHERE d.classid = e.classid AND d.objid = e.objid)
        ),
        -- whose part it is: a trigger of a view goes with the view
        node AS (
            SELECT s.classid, s.objid, c.relkind, p.prokind, x.indrelid, w, t, a, k, l, z,
                   coalesce(x.indrelid, w.ev_class, t.tgrelid, a.adrelid, k.conrelid, l.polrelid, z.stxrelid) AS part_of
            FROM standing AS s
            LEFT JOIN pg_class AS c ON s.classid = 'pg_class'::regclass AND c.oid = s.objid
            LEFT JOIN pg_proc AS p ON s.classid = 'pg_proc'::regclass AND p.oid = s.objid
            LEFT JOIN pg_index AS x ON c.relkind = 'i' AND x.indexrelid = s.objid
            LEFT JOIN pg_rewrite AS w ON s.classid = 'pg_rewrite'::regclass AND w.oid = s.objid
            LEFT JOIN pg_trigger AS t ON s.classid = 'pg_trigger'::regclass AND t.oid = s.objid
            LEFT JOIN pg_attrdef AS a ON s.classid = 'pg_attrdef'::regclass AND a.oid = s.objid
            LEFT JOIN pg_constraint AS k ON s.classid = 'pg_constraint'::regclass AND k.oid = s.objid
            LEFT JOIN pg_policy AS l ON s.classid = 'pg_policy'::regclass AND l.oid = s.objid
            LEFT JOIN pg_statistic_ext AS z ON s.classid = 'pg_statistic_ext'::regclass AND z.oid = s.objid
            WHERE NOT coalesce(t.tgisinternal, false)
        ),
        part AS (
            SELECT n.*, r.oid::regclass::text AS relation, r.relowner,
                   r.oid = ANY ($1::oid[]) OR EXISTS (
                       SELECT FROM node AS v
                       WHERE v.classid = 'pg_class'::regclass AND v.objid = n.part_of AND v.relkind IN ('v', 'm')) AS goes
            FROM node AS n LEFT JOIN pg_class AS r ON r.oid = n.part_of
            -- a part of the product's own table is in the way by name, as it may be the product's
            WHERE n.part_of IS NULL OR n.part_of = ANY ($1::oid[])
               OR NOT EXISTS (SELECT FROM product AS p WHERE p.classid = 'pg_class'::regclass AND p.objid = n.part_of)
        )
        -- views
        SELECT CASE c.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END AS kind, n.objid::regclass::text AS identity,
               false AS goes, c.relowner::regrole::text AS owner,
               format('DROP %s %s', v.word, n.objid::regclass) AS drop_it,
               ARRAY[format('CREATE %s %s%s%s%s AS %s%s', v.word, n.objid::regclass,
                   CASE WHEN c.relkind = 'm' THEN format(' USING %I', (SELECT amname FROM pg_am WHERE oid = c.relam)) END,
                   ' WITH (' || array_to_string(c.reloptions, ', ') || ')',
                   ' TABLESPACE ' || (SELECT quote_ident(spcname) FROM pg_tablespace WHERE oid = c.reltablespace),
                   rtrim(pg_get_viewdef(n.objid), ';'), CASE WHEN c.relkind = 'm' THEN ' WITH NO DATA' END),
                   format('ALTER %s %s OWNER TO %s', v.word, n.objid::regclass, c.relowner::regrole)] AS make,
               (SELECT array_agg(g.s ORDER BY g.o)
                FROM (
                    SELECT 1 AS o, format('COMMENT ON %s %s IS %L', v.word, n.objid::regclass, obj_description(n.objid, 'pg_class')) AS s
                    WHERE obj_description(n.objid, 'pg_class') IS NOT NULL
                    UNION ALL
                    SELECT 2, format('COMMENT ON COLUMN %s.%I IS %L', n.objid::regclass, b.attname, col_description(n.objid, b.attnum))
                    FROM pg_attribute AS b
                    WHERE b.attrelid = n.objid AND b.attnum > 0 AND col_description(n.objid, b.attnum) IS NOT NULL
                    UNION ALL
                    SELECT 3, format('REVOKE ALL ON TABLE %s FROM PUBLIC, %s', n.objid::regclass, c.relowner::regrole)
                    UNION ALL
                    SELECT 4, format('GRANT %s ON TABLE %s TO %s%s', x.privilege_type, n.objid::regclass,
                        CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END,
                        CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
                    FROM aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) AS x
                    UNION ALL
                    SELECT 5, format('GRANT %s (%I) ON TABLE %s TO %s%s', x.privilege_type, b.attname, n.objid::regclass,
                        CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END,
                        CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
                    FROM pg_attribute AS b CROSS JOIN LATERAL aclexplode(b.attacl) AS x WHERE b.attrelid = n.objid
                ) AS g) AS finish,
               CASE WHEN c.relkind = 'm' AND c.relispopulated THEN format('REFRESH MATERIALIZED VIEW %s', n.objid::regclass) END AS last,
               n.objid
        FROM part AS n
        JOIN pg_class AS c ON c.oid = n.objid AND c.relkind IN ('v', 'm')
        CROSS JOIN LATERAL (SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' ELSE 'MATERIALIZED VIEW' END AS word) AS v
        WHERE n.classid = 'pg_class'::regclass
        UNION ALL
        -- routines
        SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, n.objid::regprocedure::text, false, p.proowner::regrole::text,
               format('DROP ROUTINE %s', n.objid::regprocedure),
               ARRAY[pg_get_functiondef(n.objid), format('ALTER ROUTINE %s OWNER TO %s', n.objid::regprocedure, p.proowner::regrole)],
               (SELECT array_agg(g.s ORDER BY g.o)
                FROM (
                    SELECT 1 AS o, format('COMMENT ON ROUTINE %s IS %L', n.objid::regprocedure, obj_description(n.objid, 'pg_proc')) AS s
                    WHERE obj_description(n.objid, 'pg_proc') IS NOT NULL
                    UNION ALL
                    SELECT 3, format('REVOKE ALL ON ROUTINE %s FROM PUBLIC, %s', n.objid::regprocedure, p.proowner::regrole)
                    UNION ALL
                    SELECT 4, format('GRANT %s ON ROUTINE %s TO %s%s', x.privilege_type, n.objid::regprocedure,
                        CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END,
                        CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
                    FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS x
                ) AS g),
               NULL, n.objid
        FROM part AS n JOIN pg_proc AS p ON p.oid = n.objid AND p.prokind <> 'a'
        WHERE n.classid = 'pg_proc'::regclass
        UNION ALL
        -- parts of relations: what they need stands by then
        SELECT d.kind, pg_describe_object(n.classid, n.objid, 0), n.goes, n.relowner::regrole::text, d.drop_it, d.make, d.finish, NULL,
               n.objid
        FROM part AS n
        CROSS JOIN LATERAL (
            SELECT 'rule' AS kind, format('DROP RULE %I ON %s', (n.w).rulename, n.relation) AS drop_it,
                   ARRAY[pg_get_ruledef(n.objid),
                         CASE WHEN (n.w).ev_enabled = 'D' THEN format('ALTER TABLE %s DISABLE RULE %I', n.relation, (n.w).rulename) END]
                       AS make,
                   NULL::text[] AS finish
            WHERE n.classid = 'pg_rewrite'::regclass
            UNION ALL
            SELECT 'trigger', format('DROP TRIGGER %I ON %s', (n.t).tgname, n.relation),
                   ARRAY[pg_get_triggerdef(n.objid),
                         CASE WHEN (n.t).tgenabled = 'D' THEN format('ALTER TABLE %s DISABLE TRIGGER %I', n.relation, (n.t).tgname) END],
                   NULL
            WHERE n.classid = 'pg_trigger'::regclass
            UNION ALL
            SELECT 'default', format('ALTER TABLE %s ALTER COLUMN %I DROP DEFAULT', n.relation, b.attname),
                   ARRAY[format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s', n.relation, b.attname,
                       pg_get_expr((n.a).adbin, (n.a).adrelid))], NULL
            FROM pg_attribute AS b
            WHERE b.attrelid = (n.a).adrelid AND b.attnum = (n.a).adnum AND b.attgenerated = ''
            UNION ALL
            SELECT 'check', format('ALTER TABLE %s DROP CONSTRAINT %I', n.relation, (n.k).conname), NULL,
                   ARRAY[format('ALTER TABLE %s ADD CONSTRAINT %I %s', n.relation, (n.k).conname, pg_get_constraintdef(n.objid))]
            WHERE (n.k).contype = 'c' AND (n.k).conrelid <> 0
            UNION ALL
            SELECT 'index', format('DROP INDEX %s', n.objid::regclass), ARRAY[pg_get_indexdef(n.objid)], NULL
            WHERE n.indrelid IS NOT NULL AND NOT EXISTS (SELECT FROM pg_constraint AS q WHERE q.conindid = n.objid)
            UNION ALL
            SELECT 'statistics', format('DROP STATISTICS %s', pg_describe_object(n.classid, n.objid, 0)),
                   ARRAY[pg_get_statisticsobjdef(n.objid)], NULL
            WHERE n.classid = 'pg_statistic_ext'::regclass AND n.goes
            UNION ALL
            SELECT 'policy', format('DROP POLICY %I ON %s', (n.l).polname, n.relation),
                   ARRAY[format('CREATE POLICY %I ON %s AS %s FOR %s TO %s%s%s', (n.l).polname, n.relation,
                       CASE WHEN (n.l).polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
                       CASE (n.l).polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
                           WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
                       (SELECT string_agg(CASE o WHEN 0 THEN 'PUBLIC' ELSE o::regrole::text END, ', ') FROM unnest((n.l).polroles) AS o),
                       ' USING (' || pg_get_expr((n.l).polqual, (n.l).polrelid) || ')',
                       ' WITH CHECK (' || pg_get_expr((n.l).polwithcheck, (n.l).polrelid) || ')')], NULL
            WHERE n.classid = 'pg_policy'::regclass
        ) AS d
        UNION ALL
        SELECT 'obstacle', pg_describe_object(n.classid, n.objid, 0), n.goes, NULL, NULL, NULL, NULL, NULL, n.objid
        FROM part AS n
        LEFT JOIN pg_attribute AS b ON b.attrelid = (n.a).adrelid AND b.attnum = (n.a).adnum
        WHERE NOT (coalesce(n.relkind IN ('v', 'm'), false) OR coalesce(n.prokind <> 'a', false)
                   OR n.classid IN ('pg_rewrite'::regclass, 'pg_trigger'::regclass, 'pg_policy'::regclass)
                   OR coalesce(b.attgenerated = '', false)
                   OR coalesce((n.k).contype = 'c' AND (n.k).conrelid <> 0, false)
                   OR (n.classid = 'pg_statistic_ext'::regclass AND n.goes)
                   OR (n.indrelid IS NOT NULL AND NOT EXISTS (SELECT FROM pg_constraint AS q WHERE q.conindid = n.objid)))
        """

    /// Which of the objects $1 stands on which: for the order in which they are made again.
    static let edges = """
        SELECT DISTINCT coalesce(w.ev_class, d.objid), coalesce(nullif(t.typrelid, 0), e.typrelid, d.refobjid)
        FROM pg_depend AS d
        LEFT JOIN pg_rewrite AS w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid AND w.rulename = '_RETURN'
        LEFT JOIN pg_type AS t ON d.refclassid = 'pg_type'::regclass AND t.oid = d.refobjid
        LEFT JOIN pg_type AS e ON e.oid = t.typelem AND t.typcategory = 'A'
        WHERE coalesce(w.ev_class, d.objid) = ANY ($1::oid[])
          AND coalesce(nullif(t.typrelid, 0), e.typrelid, d.refobjid) = ANY ($1::oid[])
          AND coalesce(w.ev_class, d.objid) <> coalesce(nullif(t.typrelid, 0), e.typrelid, d.refobjid)
        """

    /// What roles that are not the product's ($3) were granted on relations $1 and routines $2 that are to be dropped.
    /// Columns: the object's name, the statement that grants it again.
    static let grants = """
        SELECT c.oid::regclass::text, format('GRANT %s ON TABLE %s TO %s%s', x.privilege_type, c.oid::regclass, x.grantee::regrole,
                   CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
        FROM pg_class AS c CROSS JOIN LATERAL aclexplode(c.relacl) AS x
        WHERE c.oid = ANY ($1::oid[]) AND x.grantee <> 0 AND x.grantee <> c.relowner AND pg_get_userbyid(x.grantee) <> ALL ($3)
        UNION ALL
        SELECT c.oid::regclass::text, format('GRANT %s (%I) ON TABLE %s TO %s%s', x.privilege_type, b.attname, c.oid::regclass,
                   x.grantee::regrole, CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
        FROM pg_class AS c
        JOIN pg_attribute AS b ON b.attrelid = c.oid
        CROSS JOIN LATERAL aclexplode(b.attacl) AS x
        WHERE c.oid = ANY ($1::oid[]) AND x.grantee <> 0 AND pg_get_userbyid(x.grantee) <> ALL ($3)
        UNION ALL
        SELECT format('%I.%I', n.nspname, p.proname), format('GRANT EXECUTE ON ROUTINE %I.%I TO %s%s', n.nspname, p.proname,
                   x.grantee::regrole, CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
        FROM pg_proc AS p
        JOIN pg_namespace AS n ON n.oid = p.pronamespace
        CROSS JOIN LATERAL aclexplode(p.proacl) AS x
        WHERE p.oid = ANY ($2::oid[]) AND x.grantee <> 0 AND x.grantee <> p.proowner AND pg_get_userbyid(x.grantee) <> ALL ($3)
        """
}
