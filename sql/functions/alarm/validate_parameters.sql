CREATE OR REPLACE FUNCTION alarm.validate_parameters(r alarm.rule) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_given record;
    v_hint text;
BEGIN
    FOR v_given IN
        SELECT g.key, jsonb_typeof(g.value) AS given_type, g.value #>> '{}' AS value, p.type, p.choices, p.longest
        FROM jsonb_each(r.parameters) AS g
        LEFT JOIN alarm.condition_parameter AS p ON p.condition = r.condition AND p.parameter = g.key
    LOOP
        IF v_given.type IS NULL THEN
            PERFORM alarm.refuse('MW422', 'parameters',
                                 format('condition %s has no parameter "%s"', r.condition, left(v_given.key, 64)),
                coalesce('It has: ' || (SELECT string_agg(p.parameter, ', ') FROM alarm.condition_parameter AS p
                                        WHERE p.condition = r.condition), 'It has none.'));
        ELSIF v_given.type = 'number'
              AND (v_given.given_type <> 'number'
                   OR NOT (v_given.value::numeric = 0 OR v_given.value::numeric BETWEEN 1e-100 AND 1e9)) THEN
            PERFORM alarm.refuse('MW422', 'parameters',
                                 format('parameters.%s must be a number from 0 to 1e9', v_given.key));
        ELSIF v_given.type = 'count'
              AND (v_given.given_type <> 'number' OR v_given.value::numeric <> trunc(v_given.value::numeric)
                   OR v_given.value::numeric NOT BETWEEN 1 AND 10000) THEN
            PERFORM alarm.refuse('MW422', 'parameters',
                                 format('parameters.%s must be a whole number from 1 to 10000', v_given.key));
        ELSIF v_given.type IN ('text', 'interval') AND v_given.given_type <> 'string' THEN
            PERFORM alarm.refuse('MW422', 'parameters', format('parameters.%s must be a text', v_given.key));
        ELSIF v_given.type = 'text' AND length(v_given.value) > v_given.longest THEN
            PERFORM alarm.refuse('MW422', 'parameters',
                format('parameters.%s must have at most %s characters', v_given.key, v_given.longest));
        ELSIF v_given.choices IS NOT NULL AND v_given.value <> ALL (v_given.choices) THEN
            PERFORM alarm.refuse('MW422', 'parameters',
                                 format('parameters.%s cannot be "%s"', v_given.key, left(v_given.value, 64)),
                                 'One of: ' || array_to_string(v_given.choices, ', '));
        ELSIF v_given.type = 'interval' THEN
            BEGIN
                IF v_given.value::interval NOT BETWEEN INTERVAL '1 minute' AND INTERVAL '31 days' THEN
                    PERFORM alarm.refuse('MW422', 'parameters',
                                         format('parameters.%s must be from 1 minute to 31 days', v_given.key));
                END IF;
            EXCEPTION WHEN data_exception THEN
                PERFORM alarm.refuse('MW422', 'parameters', format('parameters.%s is no interval', v_given.key),
                                     'For example "10 minutes".');
            END;
        END IF;
    END LOOP;
    FOR v_given IN
        SELECT p.parameter FROM alarm.condition_parameter AS p
        WHERE p.condition = r.condition AND p.required AND r.parameters ->> p.parameter IS NULL
    LOOP
        PERFORM alarm.refuse('MW422', 'parameters',
                             format('condition %s needs parameters.%s', r.condition, v_given.parameter),
                             'TABLE alarm.condition_parameter lists them.');
    END LOOP;
    IF r.condition = 'baseline' AND r.parameters ? 'window' AND r.parameters ->> 'state' IS DISTINCT FROM 'each' THEN
        PERFORM alarm.refuse('MW422', 'parameters', 'parameters.window needs parameters.state "each"',
                             'It says how old the value that tells the state may be.');
    END IF;
    IF r.condition = 'expression' THEN
        IF num_nonnulls(r.parameters ->> 'expression', r.parameters ->> 'sql') <> 1 THEN
            PERFORM alarm.refuse('MW422', 'parameters',
                                 'condition expression needs parameters.expression or parameters.sql, one of them',
                                 'expression is arithmetic over sensor names, sql is a SQL expression.');
        ELSIF r.parameters ? 'expression' THEN
            PERFORM alarm.expression_sql(r.parameters ->> 'expression');
            PERFORM alarm.check_expression_sensors(r);
        END IF;
        BEGIN
            -- the tree before the plan: planning already runs what it can
            IF r.parameters ? 'sql' THEN
                PERFORM alarm.approve_expression(r.parameters);
            END IF;
            PERFORM alarm.plan_expression(alarm.expression_query(r.parameters));
        EXCEPTION WHEN SQLSTATE 'MW422' THEN
            RAISE;
        WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS v_hint = PG_EXCEPTION_HINT;
            PERFORM alarm.refuse('MW422', 'parameters',
                                 CASE WHEN r.parameters ? 'sql' THEN 'parameters.sql: '
                                      ELSE 'parameters.expression: ' END || SQLERRM,
                coalesce(nullif(v_hint, ''),
                         'It runs as role alarm_expression and sees equipment_id, sensors ->> ''name'' and at.'));
        END;
    END IF;
END
$$;
COMMENT ON FUNCTION alarm.validate_parameters(alarm.rule) IS
    'Refuses parameters that the rule''s condition does not have, lacks, or cannot use (MW422, column parameters).';
REVOKE ALL ON FUNCTION alarm.validate_parameters(alarm.rule) FROM PUBLIC;
