CREATE OR REPLACE FUNCTION alarm.routine_allowance(tree text)
    RETURNS TABLE (kind text, name text, arguments text, allowed boolean, uses bigint, at_most integer)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH part AS MATERIALIZED (
        SELECT * FROM alarm.tree_parts(tree) AS t WHERE t.part IN ('function', 'operator')
    ), known_type AS MATERIALIZED (
        SELECT to_regtype(a.type)::oid AS oid FROM alarm.allowed_type AS a WHERE a.enabled
    ), used AS (
        SELECT 'function' AS kind, n.nspname || '.' || p.proname AS name, oidvectortypes(p.proargtypes) AS arguments,
               p.oid AS routine,
               p.proargtypes::oid[] || p.prorettype AS types, p.proretset, t.uses
        FROM part AS t
        LEFT JOIN pg_proc AS p ON p.oid = t.id
        LEFT JOIN pg_namespace AS n ON n.oid = p.pronamespace
        WHERE t.part = 'function'
        UNION ALL
        SELECT 'operator', n.nspname || '.' || o.oprname,
               concat_ws(', ', CASE WHEN o.oprleft <> 0 THEN format_type(o.oprleft, NULL) END,
                         format_type(o.oprright, NULL)),
               o.oprcode, CASE WHEN o.oprleft = 0 THEN '{}' ELSE ARRAY[o.oprleft] END || o.oprright || o.oprresult,
               false, t.uses
        FROM part AS t
        LEFT JOIN pg_operator AS o ON o.oid = t.id
        LEFT JOIN pg_namespace AS n ON n.oid = o.oprnamespace
        WHERE t.part = 'operator'
    )
    SELECT u.kind, u.name, u.arguments, coalesce(a.enabled AND ops.is_trusted_routine(u.routine), false),
           sum(u.uses)::bigint, a.at_most
    FROM used AS u
    LEFT JOIN LATERAL (
        -- what is said of one signature goes before what is said of the name
        SELECT r.enabled, r.at_most
        FROM alarm.allowed_routine AS r
        WHERE r.kind = u.kind AND r.name = u.name
          AND (r.arguments = u.arguments
               OR (r.arguments = '*' AND NOT u.proretset AND u.types <@ ARRAY(SELECT k.oid FROM known_type AS k)))
        ORDER BY r.arguments = '*'
        LIMIT 1
    ) AS a ON true
    GROUP BY u.kind, u.name, u.arguments, u.routine, a.enabled, a.at_most
$$;
COMMENT ON FUNCTION alarm.routine_allowance(text) IS
    'The functions and operators of a query tree: whether alarm.allowed_routine allows each, how often it is used and '
    'how often it may be (NULL: any number).';
REVOKE ALL ON FUNCTION alarm.routine_allowance(text) FROM PUBLIC;
