CREATE OR REPLACE FUNCTION alarm.expression_sql(expression text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
-- Token by token, since each may follow some of the others only. Nothing gets through but these tokens, so nothing else
-- can be said with them: no column, no table, no other function.
DECLARE
    c_functions CONSTANT text[] := '{abs,sqrt,least,greatest}';
    c_hint CONSTANT text := 'Sensor names, numbers, + - * / ( ), abs, sqrt, least, greatest.';
    v_sql text := '';
    v_token text;
    v_before text := '';
    -- what each open parenthesis belongs to: '' or a function
    v_open text[] := '{}';
    v_operand boolean := false;
BEGIN
    IF length(expression) > 1000 THEN
        PERFORM alarm.refuse('MW422', 'parameters', 'parameters.expression is longer than 1000 characters');
    END IF;
    FOR v_token IN
        SELECT m.part[1]
        FROM regexp_matches(expression, '[A-Za-z_][A-Za-z0-9_]*|[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|\S',
                            'g') AS m (part)
    LOOP
        IF v_before = ANY (c_functions) AND v_token <> '(' THEN
            PERFORM alarm.refuse('MW422', 'parameters',
                                 format('parameters.expression: "%s" is a function and needs a parenthesis', v_before),
                                 c_hint);
        ELSIF v_token ~ '^[A-Za-z_0-9]' THEN
            IF v_operand THEN
                PERFORM alarm.refuse('MW422', 'parameters',
                                     format('parameters.expression: an operator is missing before "%s"', v_token),
                                     c_hint);
            END IF;
            v_operand := v_token <> ALL (c_functions);
            v_sql := v_sql || CASE WHEN NOT v_operand THEN v_token
                                   WHEN v_token ~ '^[0-9]' THEN ' ' || v_token || '::float8'
                                   ELSE format('($1 ->> %L)::float8', v_token) END;
        ELSIF v_token = '(' THEN
            IF v_operand THEN
                PERFORM alarm.refuse('MW422', 'parameters',
                                     format('parameters.expression: "%s" is no function', v_before), c_hint);
            END IF;
            v_open := v_open || CASE WHEN v_before = ANY (c_functions) THEN v_before ELSE '' END;
            v_sql := v_sql || '(';
        ELSIF v_token IN ('+', '-', '*', '/', ',', ')') THEN
            IF NOT v_operand AND v_token NOT IN ('+', '-') THEN
                PERFORM alarm.refuse('MW422', 'parameters',
                                     format('parameters.expression: a name or a number is missing before "%s"',
                                            v_token), c_hint);
            ELSIF v_token IN (',', ')') AND cardinality(v_open) = 0 OR v_token = ','
                  AND v_open[cardinality(v_open)] NOT IN ('least', 'greatest') THEN
                PERFORM alarm.refuse('MW422', 'parameters', format('parameters.expression: unexpected "%s"', v_token),
                                     c_hint);
            END IF;
            v_operand := v_token = ')';
            IF v_operand THEN
                v_open := trim_array(v_open, 1);
            END IF;
            -- blanks keep two minus signs from becoming a comment
            v_sql := v_sql || CASE v_token WHEN ')' THEN v_token ELSE ' ' || v_token || ' ' END;
        ELSE
            PERFORM alarm.refuse('MW422', 'parameters', format('parameters.expression must not hold "%s"', v_token),
                                 c_hint);
        END IF;
        v_before := v_token;
    END LOOP;
    IF v_before = '' THEN
        PERFORM alarm.refuse('MW422', 'parameters', 'parameters.expression is empty', c_hint);
    ELSIF NOT v_operand THEN
        PERFORM alarm.refuse('MW422', 'parameters',
                             format('parameters.expression ends with "%s": a name or a number is missing after it',
                                    v_before), c_hint);
    ELSIF cardinality(v_open) > 0 THEN
        PERFORM alarm.refuse('MW422', 'parameters', 'the parentheses of parameters.expression do not match', c_hint);
    END IF;
    RETURN v_sql;
END
$$;
COMMENT ON FUNCTION alarm.expression_sql(text) IS
    'An expression rule''s arithmetic as SQL over one jsonb parameter (sensor name → value). MW422, naming the word, '
    'where it is malformed or holds anything but names, numbers, operators, parentheses and the four functions.';
REVOKE ALL ON FUNCTION alarm.expression_sql(text) FROM PUBLIC;
