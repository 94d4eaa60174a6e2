CREATE OR REPLACE FUNCTION alarm.tree_parts(tree text) RETURNS TABLE (part text, id oid, uses bigint)
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- Names that a writer chose stand in the tree as values; braces and blanks in them are escaped, so none passes for
    -- a node, and one that looks like a member is followed by no number. A made-up match could only add a part, never
    -- hide one.
    SELECT CASE
               WHEN f.field[1] IN ('opno', 'eqop', 'sortop') THEN 'operator'
               WHEN f.field[1] IN ('consttype', 'resulttype', 'minmaxtype', 'array_typeid') THEN 'type'
               WHEN f.field[1] = 'relid' THEN 'relation'
               WHEN f.field[1] = 'subLinkType' THEN 'sublink'
               ELSE 'function' END,
           f.field[2]::oid, count(*)
    FROM regexp_matches(tree,
        ' '
        ':(funcid|aggfnoid|winfnoid|startInRangeFunc|endInRangeFunc|opno|eqop|sortop|relid|consttype|resulttype|'
        'minmaxtype|array_typeid|subLinkType) '
        '(\d+)\M',
        'g') AS f (field)
    WHERE f.field[2] <> '0' OR f.field[1] = 'subLinkType'
    GROUP BY 1, 2
    UNION ALL
    -- only this conversion names its result's collation right after its type
    SELECT 'read type', f.field[1]::oid, count(*)
    FROM regexp_matches(tree, ' :resulttype (\d+)(?= :resultcollid)', 'g') AS f (field)
    GROUP BY 2
$$;
COMMENT ON FUNCTION alarm.tree_parts(text) IS
    'What a query tree names by OID, and how often: function (also aggregates and window functions), operator, '
    'relation, type, read type (made of a text by its input function), sublink (its kind).';
REVOKE ALL ON FUNCTION alarm.tree_parts(text) FROM PUBLIC;
