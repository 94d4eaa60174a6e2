CREATE OR REPLACE FUNCTION alarm.create_rule(
    rule jsonb, actor text DEFAULT NULL, reason text DEFAULT NULL
) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    r alarm.rule;
    v_column record;
BEGIN
    -- what is not given takes the column's default
    FOR v_column IN
        SELECT a.attname, pg_get_expr(d.adbin, d.adrelid) AS expression
        FROM pg_attrdef AS d
        JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
        WHERE d.adrelid = 'alarm.rule'::regclass
          AND a.attname NOT IN ('version', 'created_at', 'updated_at', 'updated_by')
    LOOP
        -- the expressions are this schema's own column defaults
        EXECUTE format('SELECT jsonb_build_object(%L, to_jsonb(%s))', v_column.attname, v_column.expression)
            INTO v_column.expression;
        r := jsonb_populate_record(r, v_column.expression::jsonb);
    END LOOP;
    r := alarm.rule_from_json(r, rule);
    IF r.name IS NULL THEN
        PERFORM alarm.refuse('MW422', 'name', 'a rule needs a name');
    ELSIF r.condition IS NULL THEN
        PERFORM alarm.refuse('MW422', 'condition', 'a rule needs a condition', 'TABLE alarm.condition lists them.');
    END IF;
    r := alarm.store_rule(r, actor, reason);
    RETURN r.id;
END
$$;
COMMENT ON FUNCTION alarm.create_rule(jsonb, text, text) IS
    'A new rule from a JSON object whose members are the columns of alarm.rule; returns alarm.rule.id. MW409 name '
    'taken, MW422 names the member at fault.';
REVOKE ALL ON FUNCTION alarm.create_rule(jsonb, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.create_rule(jsonb, text, text) TO engineer;
