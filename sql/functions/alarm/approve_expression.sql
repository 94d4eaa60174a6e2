CREATE OR REPLACE FUNCTION alarm.approve_expression(parameters jsonb) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM alarm.check_sql(parameters ->> 'sql');
    PERFORM alarm.check_tree(alarm.parse_expression(alarm.expression_select(parameters,
        'NULL::text[], NULL::jsonb[], NULL::timestamptz[]')));
END
$$;
COMMENT ON FUNCTION alarm.approve_expression(jsonb) IS
    'Judges parameters.sql of an expression rule before anything of it is planned, folded or run: MW422 or what the '
    'server says of it. Called when a rule is written, and again by alarm.judge_expressions when what is allowed has '
    'changed since.';
REVOKE ALL ON FUNCTION alarm.approve_expression(jsonb) FROM PUBLIC;
