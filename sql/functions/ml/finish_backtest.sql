CREATE OR REPLACE FUNCTION ml.finish_backtest(id bigint, error text DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    UPDATE ml.backtest AS b
    SET state = CASE WHEN finish_backtest.error IS NULL THEN 'done' ELSE 'failed' END,
        error = coalesce(left(finish_backtest.error, 1000), b.error), finished_at = clock_timestamp()
    WHERE b.id = finish_backtest.id AND b.state = 'running';
    IF NOT FOUND THEN
        PERFORM alarm.refuse('MW409', 'id', format('replay %s is not running', finish_backtest.id));
    END IF;
END
$$;
COMMENT ON FUNCTION ml.finish_backtest(bigint, text) IS
    'A replay is over: done, or failed with its reason. MW409 id.';
REVOKE ALL ON FUNCTION ml.finish_backtest(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.finish_backtest(bigint, text) TO engineer, thin;
