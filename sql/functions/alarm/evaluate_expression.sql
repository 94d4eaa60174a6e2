CREATE OR REPLACE FUNCTION alarm.evaluate_expression(
    query text, equipment_id text[], sensors jsonb[], "at" timestamptz[],
    OUT value float8[], OUT failed integer, OUT sqlstate text, OUT error text
)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    -- each sort and hash table of an expression may take so much, and an expression may have many
    SET work_mem = '4MB' SET hash_mem_multiplier = 1 SET max_parallel_workers_per_gather = 0 SET jit = off
AS $$
-- STABLE, so that PL/pgSQL refuses statements that write; read-only, so that functions that write are refused too; its
-- owner, alarm_expression, may read only. A cancelled statement (the timeout) is the caller's to handle: OTHERS leaves
-- it out.
DECLARE
    v_one float8[];
BEGIN
    failed := 0;
    BEGIN
        PERFORM set_config('transaction_read_only', 'on', true);
        EXECUTE query INTO STRICT value USING equipment_id, sensors, "at";
        RETURN;
    EXCEPTION WHEN OTHERS THEN
        failed := cardinality(equipment_id);
        evaluate_expression.sqlstate := SQLSTATE;
        error := SQLERRM;
    END;
    IF failed < 2 THEN
        value := array_fill(NULL::float8, ARRAY[failed]);
        RETURN;
    END IF;
    -- one machine's values are no reason to leave the others unjudged: each in a subtransaction of its own
    failed := 0;
    FOR i IN 1 .. cardinality(equipment_id) LOOP
        BEGIN
            PERFORM set_config('transaction_read_only', 'on', true);
            EXECUTE query INTO STRICT v_one USING equipment_id[i:i], sensors[i:i], "at"[i:i];
            value[i] := v_one[1];
        EXCEPTION WHEN OTHERS THEN
            failed := failed + 1;
            value[i] := NULL;
        END;
    END LOOP;
END
$$;
COMMENT ON FUNCTION alarm.evaluate_expression(text, text[], jsonb[], timestamptz[]) IS
    'Runs what alarm.expression_query made, as role alarm_expression, which owns this function: a number per machine, '
    'NULL where it failed, how many failed and the first failure. Called by alarm.judge_expressions only.';
REVOKE ALL ON FUNCTION alarm.evaluate_expression(text, text[], jsonb[], timestamptz[]) FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA alarm TO alarm_expression;
ALTER FUNCTION alarm.evaluate_expression(text, text[], jsonb[], timestamptz[]) OWNER TO alarm_expression;
REVOKE ALL ON SCHEMA alarm FROM alarm_expression;
GRANT EXECUTE ON FUNCTION alarm.evaluate_expression(text, text[], jsonb[], timestamptz[]) TO millwright;
