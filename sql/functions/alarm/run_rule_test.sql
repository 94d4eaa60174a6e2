CREATE OR REPLACE FUNCTION alarm.run_rule_test(r alarm.rule, test alarm.rule_test) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_member text;
    v_hint text;
BEGIN
    RETURN alarm.try_rule(to_jsonb(r), test.samples, test.until, test.sensor_id, test.expected);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_member = COLUMN_NAME, v_hint = PG_EXCEPTION_HINT;
    RETURN jsonb_strip_nulls(jsonb_build_object(
        'error', SQLERRM, 'code', SQLSTATE, 'member', nullif(v_member, ''), 'hint', nullif(v_hint, '')));
END
$$;
COMMENT ON FUNCTION alarm.run_rule_test(alarm.rule, alarm.rule_test) IS
    'What a rule makes of a test''s samples (alarm.try_rule), or {error, code, member, hint} where it cannot be run.';
REVOKE ALL ON FUNCTION alarm.run_rule_test(alarm.rule, alarm.rule_test) FROM PUBLIC;
