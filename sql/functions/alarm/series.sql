CREATE OR REPLACE FUNCTION alarm.series(r alarm.rule, g alarm.signal, "from" timestamptz, "to" timestamptz)
    RETURNS TABLE ("time" timestamptz, value float8)
    LANGUAGE plpgsql STABLE ROWS 1000
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_series text := (SELECT c.series FROM alarm.condition AS c WHERE c.name = r.condition);
BEGIN
    IF v_series IS NULL THEN
        PERFORM alarm.refuse('MW422', 'rule', format('condition %s has no history to test against', r.condition));
    END IF;
    RETURN QUERY EXECUTE format('SELECT s.time, s.value FROM alarm.%I($1, $2, $3, $4) AS s', v_series)
        USING r, g, series.from, series.to;
END
$$;
COMMENT ON FUNCTION alarm.series(alarm.rule, alarm.signal, timestamptz, timestamptz) IS
    'The number that a rule holds against its limits, over time: readings, or what the condition derives from them '
    '(alarm.condition.series). Same for the job that judges live and for alarm.backtest.';
REVOKE ALL ON FUNCTION alarm.series(alarm.rule, alarm.signal, timestamptz, timestamptz) FROM PUBLIC;
