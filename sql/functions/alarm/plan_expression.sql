CREATE OR REPLACE FUNCTION alarm.plan_expression(query text) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- its subtransaction ends the read-only mode again
    BEGIN
        PERFORM set_config('transaction_read_only', 'on', true);
        EXECUTE 'EXPLAIN ' || query USING ARRAY[]::text[], ARRAY[]::jsonb[], ARRAY[]::timestamptz[];
    EXCEPTION WHEN assert_failure THEN
        RAISE;
    END;
END
$$;
COMMENT ON FUNCTION alarm.plan_expression(text) IS
    'Parses and plans what alarm.expression_query made, as role alarm_expression, which owns this function; fails as '
    'the server fails. Executes nothing.';
REVOKE ALL ON FUNCTION alarm.plan_expression(text) FROM PUBLIC;
-- a new owner must be allowed to create where the function lies, at this moment only
GRANT USAGE, CREATE ON SCHEMA alarm TO alarm_expression;
ALTER FUNCTION alarm.plan_expression(text) OWNER TO alarm_expression;
REVOKE ALL ON SCHEMA alarm FROM alarm_expression;
GRANT EXECUTE ON FUNCTION alarm.plan_expression(text) TO millwright;
