CREATE OR REPLACE FUNCTION alarm.expression_sensors(expression text) RETURNS SETOF text
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT DISTINCT m.part[1]
    FROM regexp_matches(expression, '([A-Za-z_][A-Za-z0-9_]*)|[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?', 'g') AS m (part)
    WHERE m.part[1] NOT IN ('abs', 'sqrt', 'least', 'greatest')
$$;
COMMENT ON FUNCTION alarm.expression_sensors(text) IS
    'The names of sensors in an expression rule''s arithmetic (alarm.expression_sql).';
REVOKE ALL ON FUNCTION alarm.expression_sensors(text) FROM PUBLIC;
