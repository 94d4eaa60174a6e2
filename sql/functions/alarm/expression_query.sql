CREATE OR REPLACE FUNCTION alarm.expression_query(parameters jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- in a CASE a set-returning function is refused: one number per machine
    SELECT format(
        E'SELECT array_agg(judged.value ORDER BY judged.ordinal)\nFROM (SELECT machine.ordinal, CASE WHEN true THEN (\n%s\n)::float8 END AS value\n'
        'FROM unnest($1, $2, $3) WITH ORDINALITY AS machine (equipment_id, sensors, at, ordinal)) AS judged',
        coalesce(parameters ->> 'sql', replace(alarm.expression_sql(parameters ->> 'expression'), '$1', 'sensors')))
$$;
COMMENT ON FUNCTION alarm.expression_query(jsonb) IS
    'The statement that evaluates an expression rule (its parameters) for several machines at once: arrays of equipment ids, {sensor name: latest value} and times in, an array of numbers out. Run by alarm.evaluate_expression.';
REVOKE ALL ON FUNCTION alarm.expression_query(jsonb) FROM PUBLIC;
