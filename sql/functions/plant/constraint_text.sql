CREATE OR REPLACE FUNCTION plant.constraint_text(p_table text, p_constraint text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT obj_description(c.oid, 'pg_constraint')
    FROM pg_constraint AS c
    WHERE c.conrelid = to_regclass(format('plant.%I', p_table)) AND c.conname = p_constraint
$$;
COMMENT ON FUNCTION plant.constraint_text(text, text) IS
    'What a caller is told whose values break a constraint of a table in plant: its COMMENT, "member: message". NULL: '
    'it has none.';
REVOKE ALL ON FUNCTION plant.constraint_text(text, text) FROM PUBLIC;
