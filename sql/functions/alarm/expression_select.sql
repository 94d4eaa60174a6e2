CREATE OR REPLACE FUNCTION alarm.expression_select(parameters jsonb, machines text) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- in a CASE a set-returning function is refused: one number per machine
    SELECT format(
        E'SELECT machine.ordinal, CASE WHEN true THEN (\n%s\n)::float8 END AS value\nFROM unnest(%s) WITH ORDINALITY '
         'AS machine (equipment_id, sensors, at, ordinal)',
        coalesce(parameters ->> 'sql', replace(alarm.expression_sql(parameters ->> 'expression'), '$1', 'sensors')),
        machines)
$$;
COMMENT ON FUNCTION alarm.expression_select(jsonb, text) IS
    'An expression rule''s parameters as a SELECT of one number per machine. machines: three arrays as SQL, the '
    'equipment ids, their {sensor name: latest value} and times. The same text is judged (alarm.approve_expression) '
    'and run (alarm.expression_query).';
REVOKE ALL ON FUNCTION alarm.expression_select(jsonb, text) FROM PUBLIC;
