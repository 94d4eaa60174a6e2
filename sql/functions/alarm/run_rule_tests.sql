CREATE OR REPLACE FUNCTION alarm.run_rule_tests(rule bigint DEFAULT NULL)
    RETURNS TABLE (rule text, test text, passed boolean, expected jsonb, actual jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.name, t.name, x.actual = t.expected, t.expected, x.actual
    FROM alarm.rule_test AS t
    JOIN alarm.rule AS r ON r.id = t.rule_id
    CROSS JOIN LATERAL alarm.run_rule_test(r, t) AS x (actual)
    WHERE $1 IS NULL OR r.id = $1
    ORDER BY r.name, t.name
$$;
COMMENT ON FUNCTION alarm.run_rule_tests(bigint) IS
    'Runs the tests of a rule (NULL: of all rules) in alarm.rule_test and says which passed, what was expected and '
    'what came. Of one that cannot be run actual is {error, code, member, hint}, with the member or sample at fault; '
    'the others run all the same.';
REVOKE ALL ON FUNCTION alarm.run_rule_tests(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.run_rule_tests(bigint) TO viewer;
