CREATE OR REPLACE FUNCTION alarm.expression_sql(expression text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_sql text := '';
    v_token text;
    v_depth integer := 0;
BEGIN
    IF length(expression) > 1000 THEN
        PERFORM alarm.refuse('MW422', 'parameters', 'parameters.expression is longer than 1000 characters');
    END IF;
    -- Nothing gets through but these tokens, so nothing else can be said with them: no column, no table, no other function.
    FOR v_token IN
        SELECT m.part[1]
        FROM regexp_matches(expression, '\s+|[A-Za-z_][A-Za-z0-9_]*|[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|.', 'g') AS m (part)
    LOOP
        IF v_token ~ '^\s+$' THEN
            v_sql := v_sql || ' ';
        ELSIF v_token IN ('abs', 'sqrt', 'least', 'greatest') THEN
            v_sql := v_sql || v_token;
        ELSIF v_token ~ '^[A-Za-z_]' THEN
            v_sql := v_sql || format('($1 ->> %L)::float8', v_token);
        ELSIF v_token ~ '^[0-9]' THEN
            v_sql := v_sql || v_token || '::float8';
        ELSIF v_token IN ('+', '-', '*', '/', ',') THEN
            -- blanks keep two minus signs from becoming a comment
            v_sql := v_sql || ' ' || v_token || ' ';
        ELSIF v_token = '(' THEN
            v_depth := v_depth + 1;
            v_sql := v_sql || '(';
        ELSIF v_token = ')' THEN
            v_depth := v_depth - 1;
            v_sql := v_sql || ')';
        ELSE
            PERFORM alarm.refuse('MW422', 'parameters', format('parameters.expression must not hold "%s"', v_token),
                'Sensor names, numbers, + - * / ( ), abs, sqrt, least, greatest.');
        END IF;
        EXIT WHEN v_depth < 0;
    END LOOP;
    IF v_depth <> 0 OR btrim(v_sql) = '' THEN
        PERFORM alarm.refuse('MW422', 'parameters', 'parameters.expression is empty or its parentheses do not match');
    END IF;
    RETURN v_sql;
END
$$;
COMMENT ON FUNCTION alarm.expression_sql(text) IS
    'An expression rule''s arithmetic as SQL over one jsonb parameter (sensor name → value). MW422 where it holds anything but names, numbers, operators, parentheses and the four functions.';
REVOKE ALL ON FUNCTION alarm.expression_sql(text) FROM PUBLIC;
