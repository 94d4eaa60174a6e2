CREATE OR REPLACE FUNCTION api.get_backtest(equipment_id text, power text, model_version text) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ml.backtest_summary(b.id) FROM ml.backtest AS b
    WHERE b.equipment_id = get_backtest.equipment_id AND b.power = get_backtest.power
      AND b.model_version = get_backtest.model_version
    ORDER BY b.id DESC LIMIT 1
$$;
COMMENT ON FUNCTION api.get_backtest(text, text, text) IS
    'The last replay of history through a version, beside what champions of that time said (ml.backtest_summary).';
REVOKE ALL ON FUNCTION api.get_backtest(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.get_backtest(text, text, text) TO viewer;
