CREATE OR REPLACE FUNCTION alarm.check_tree(tree text) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_longest CONSTANT integer := 1000000; -- characters
    c_relations CONSTANT integer := 16;
    c_expansion CONSTANT float8 := 100000; -- references
    c_hint CONSTANT text := 'alarm.allowed_routine and alarm.allowed_type list what it may use; an administrator '
                            'extends them.';
    v_bad record;
BEGIN
    IF length(tree) > c_longest THEN
        PERFORM alarm.refuse('MW422', 'parameters', 'parameters.sql is too large once its names are resolved',
                             'Name columns instead of *.');
    END IF;
    SELECT a.* INTO v_bad FROM alarm.routine_allowance(tree) AS a
    WHERE NOT a.allowed OR a.uses > a.at_most
    -- a wrong function says more than the operator around it
    ORDER BY a.allowed, a.kind, a.name
    LIMIT 1;
    IF FOUND AND v_bad.allowed THEN
        PERFORM alarm.refuse('MW422', 'parameters', format('parameters.sql must not use %s of %s more than %s times',
            split_part(v_bad.name, '.', 2), v_bad.arguments, v_bad.at_most),
            CASE WHEN v_bad.arguments LIKE 'numeric%'
                 THEN 'Convert to float8 first: the values can then grow no longer.' ELSE c_hint END);
    ELSIF FOUND AND v_bad.kind = 'function' THEN
        PERFORM alarm.refuse('MW422', 'parameters',
                             format('parameters.sql must not call %s()', split_part(v_bad.name, '.', 2)),
            format('It would be %s(%s). %s', v_bad.name, v_bad.arguments, c_hint));
    ELSIF FOUND THEN
        PERFORM alarm.refuse('MW422', 'parameters',
                             format('parameters.sql must not use the operator %s of %s', split_part(v_bad.name, '.', 2),
            v_bad.arguments), c_hint);
    END IF;

    -- the server keeps every zone that it is asked for as long as the session lives, and "A-1" is one
    PERFORM FROM regexp_matches(tree, ' :funcid (\d+) [^{}]*:args \((?!\{CONST )', 'g') AS f (field)
    JOIN pg_proc AS p ON p.oid = f.field[1]::oid AND p.proname = 'timezone' AND p.proargtypes[0] = 'text'::regtype;
    IF FOUND THEN
        PERFORM alarm.refuse('MW422', 'parameters', 'AT TIME ZONE takes a constant text in parameters.sql');
    END IF;

    -- readable by a grant that names the role; what everybody may read (the catalogs) is no plant's data
    SELECT coalesce(c.oid::regclass::text, t.id::text) AS name INTO v_bad
    FROM alarm.tree_parts(tree) AS t
    LEFT JOIN pg_class AS c ON c.oid = t.id
    WHERE t.part = 'relation' AND NOT coalesce(
        c.relkind IN ('r', 'p', 'v', 'm') AND ops.is_trusted_owner(c.relowner)
        AND EXISTS (SELECT FROM aclexplode(c.relacl) AS a WHERE a.grantee = 'alarm_expression'::regrole
                    AND a.privilege_type = 'SELECT'), false)
    LIMIT 1;
    IF FOUND THEN
        PERFORM alarm.refuse('MW422', 'parameters',
                             format('parameters.sql must not read %s: permission denied', v_bad.name),
            'It reads what is granted to role alarm_expression: plant, telemetry, rollup, ml and report.');
    END IF;
    IF (SELECT count(*) FROM regexp_matches(tree, ':rtekind 0 ', 'g')) > c_relations THEN
        PERFORM alarm.refuse('MW422', 'parameters', format('parameters.sql reads more than %s relations', c_relations));
    END IF;

    -- The planner puts a subquery in FROM into the query around it, an expression in the place of each reference to it:
    -- (references per level) to the power of levels. A join lists all columns, used or not.
    SELECT count(*) FILTER (WHERE f.field[1] IS NOT NULL)::float8 AS references,
           count(*) FILTER (WHERE f.field[2] IS NOT NULL) AS levels INTO v_bad
    FROM regexp_matches(regexp_replace(tree, ' :joinaliasvars \(.*?\) :joinleftcols', '', 'g'),
                        '\{(VAR) |:(rtekind 1|rtekind 6) ', 'g') AS f (field);
    IF v_bad.levels > 0 AND ln(greatest(v_bad.references, 1) / v_bad.levels) * v_bad.levels > ln(c_expansion) THEN
        PERFORM alarm.refuse('MW422', 'parameters',
                             'the subqueries of parameters.sql are too many for all that they refer to',
            'Nest less, or refer to a column of a subquery fewer times.');
    END IF;

    SELECT format_type(t.id, NULL) AS name, t.part INTO v_bad
    FROM alarm.tree_parts(tree) AS t
    LEFT JOIN pg_type AS y ON y.oid = t.id
    WHERE t.part IN ('type', 'read type') AND NOT EXISTS (
        SELECT FROM alarm.allowed_type AS a
        WHERE a.enabled AND (t.part = 'type' OR a.from_text)
          AND (to_regtype(a.type) = t.id
               OR (t.part = 'type' AND to_regtype(a.type) = y.typelem AND y.typcategory = 'A')))
    LIMIT 1;
    IF FOUND THEN
        PERFORM alarm.refuse('MW422', 'parameters',
                             CASE v_bad.part
                                  WHEN 'type' THEN format('parameters.sql must not hold values of type %s', v_bad.name)
            ELSE format('parameters.sql must not turn text into %s', v_bad.name) END, c_hint);
    END IF;
    -- A numeric has up to 131,072 digits, and few characters make one. Its short form has at most 256 before the point
    -- and 63 behind it: sign bits 10 in the header, which follows four bytes of length.
    PERFORM FROM regexp_matches(tree,
                                ':consttype 1700 [^{}]*?:constvalue (\d+) \[ -?\d+ -?\d+ -?\d+ -?\d+ -?\d+ (-?\d+) ',
                                'g') AS f (field)
    WHERE f.field[1]::integer > 64 OR (f.field[2]::integer & 192) <> 128;
    IF FOUND THEN
        PERFORM alarm.refuse('MW422', 'parameters', 'parameters.sql holds a numeric constant with too many digits',
                             'Write ''1e300''::float8.');
    END IF;

    SELECT f.field[1] AS name INTO v_bad
    FROM regexp_matches(tree, '(?:^|[ (])\{([A-Z0-9_]+)', 'g') AS f (field)
    WHERE f.field[1] <> ALL (alarm.tree_nodes())
    LIMIT 1;
    IF FOUND THEN
        PERFORM alarm.refuse('MW422', 'parameters',
                             format('parameters.sql holds what a rule may not: %s', lower(v_bad.name)),
            'Arithmetic, comparisons, CASE, functions, subqueries, joins, aggregates and windows are allowed.');
    ELSIF tree ~ ':(hasRecursive|cterecursive|hasForUpdate|hasModifyingCTE) true' THEN
        PERFORM alarm.refuse('MW422', 'parameters',
                             'parameters.sql must not lock rows, write, or have a recursive query');
    ELSIF EXISTS (SELECT FROM alarm.tree_parts(tree) AS t WHERE t.part = 'sublink' AND t.id NOT IN (0, 1, 2, 4)) THEN
        PERFORM alarm.refuse('MW422', 'parameters', 'parameters.sql must not make an array or a row of a subquery',
                             'Aggregate it to one value instead.');
    END IF;
END
$$;
COMMENT ON FUNCTION alarm.check_tree(text) IS
    'Judges the parsed tree of a rule''s SQL (alarm.parse_expression): MW422 unless every function, operator, cast, '
    'type, relation and kind of node is allowed (alarm.allowed_routine, alarm.allowed_type, SELECT granted to '
    'alarm_expression, alarm.tree_nodes). What is allowed builds no big values and touches nothing outside.';
REVOKE ALL ON FUNCTION alarm.check_tree(text) FROM PUBLIC;
