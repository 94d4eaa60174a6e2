CREATE OR REPLACE FUNCTION ml.backtest_inputs(id bigint, after timestamptz, inputs integer)
    RETURNS TABLE ("time" text, features jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 1000
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
    SELECT alarm.iso_time(x.time), x.features
    FROM (
        -- two champions may have judged one moment: it is one input
        SELECT DISTINCT ON (p.time) p.time, p.features
        FROM ml.backtest AS b
        JOIN ml.serve_ml_predictions AS p ON p.equipment_id = b.equipment_id AND p.power = b.power
            AND p.stage = 'champion'
            AND p.features IS NOT NULL AND p.time >= b.from_time AND p.time < b.to_time
        WHERE b.id = backtest_inputs.id AND b.state = 'running'
          AND p.time > coalesce(backtest_inputs.after, '-infinity')
        ORDER BY p.time, p.model_version
        LIMIT least(backtest_inputs.inputs, 10000)
    ) AS x
    ORDER BY x.time
$$;
COMMENT ON FUNCTION ml.backtest_inputs(bigint, timestamptz, integer) IS
    'The next inputs of a replay behind a moment (NULL: from its beginning), oldest first, at most 10000.';
REVOKE ALL ON FUNCTION ml.backtest_inputs(bigint, timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.backtest_inputs(bigint, timestamptz, integer) TO engineer, thin;
