CREATE OR REPLACE FUNCTION alarm.expression_query(parameters jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format(E'SELECT array_agg(judged.value ORDER BY judged.ordinal)\nFROM (%s) AS judged',
                  alarm.expression_select(parameters, '$1, $2, $3'))
$$;
COMMENT ON FUNCTION alarm.expression_query(jsonb) IS
    'The statement that evaluates an expression rule (its parameters) for several machines at once: arrays of '
    'equipment ids, {sensor name: latest value} and times in, an array of numbers out. Run by '
    'alarm.evaluate_expression.';
REVOKE ALL ON FUNCTION alarm.expression_query(jsonb) FROM PUBLIC;
