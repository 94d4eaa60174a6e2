CREATE OR REPLACE FUNCTION alarm.measure_expression(c alarm.system_condition, "now" timestamptz)
    RETURNS TABLE (object text, value float8, detail jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT substr(e.code, length('expression:') + 1), e.failures::float8,
           jsonb_build_object('rule_id', e.rule_id, 'sqlstate', split_part(e.error, ': ', 1), 'text',
                              substr(e.error, 8))
    FROM alarm.expression_run AS e
    WHERE e.failures > 0
$$;
COMMENT ON FUNCTION alarm.measure_expression(alarm.system_condition, timestamptz) IS
    'Failed evaluations in a row of each rule of condition expression (alarm.expression_run).';
REVOKE ALL ON FUNCTION alarm.measure_expression(alarm.system_condition, timestamptz) FROM PUBLIC;
