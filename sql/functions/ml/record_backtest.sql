CREATE OR REPLACE FUNCTION ml.record_backtest(
    id bigint, verdicts jsonb, refused integer DEFAULT 0, error text DEFAULT NULL
)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
#variable_conflict use_column
DECLARE
    v_cap text := ops.setting_text('ml.unscaled_severity');
    v_cap_rank integer := (SELECT s.rank FROM alarm.severity AS s WHERE s.name = v_cap);
    v_stored bigint;
BEGIN
    PERFORM FROM ml.backtest AS b WHERE b.id = record_backtest.id AND b.state = 'running' FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM alarm.refuse('MW409', 'id', format('replay %s is not running', record_backtest.id));
    END IF;
    INSERT INTO ml.backtest_verdict (backtest_id, time, is_anomaly, confidence, severity, ratio, value)
    SELECT record_backtest.id, ingest.parse_time(p.time), p.is_anomaly, p.confidence,
           CASE WHEN p.is_anomaly THEN ml.verdict_severity(
               p.confidence, CASE WHEN ml.is_unscaled(p.warnings) THEN v_cap_rank END) END,
           coalesce(p.ratio, '{}'), p.value
    FROM jsonb_to_recordset(record_backtest.verdicts) AS p (
        "time" text, is_anomaly boolean, confidence float8, ratio jsonb, warnings text[], value float8)
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS v_stored = ROW_COUNT;
    UPDATE ml.backtest AS b
    SET inputs = b.inputs + v_stored, refused = b.refused + record_backtest.refused,
        error = coalesce(b.error, left(record_backtest.error, 1000)), touched_at = clock_timestamp()
    WHERE b.id = record_backtest.id;
END
$$;
COMMENT ON FUNCTION ml.record_backtest(bigint, jsonb, integer, text) IS
    'What a bundle says of some inputs of a replay: predictions as ml.record_predictions takes them, and how many did '
    'not fit, with what the first of them lacks. Raises nothing, and stores nothing but ml.backtest_verdict. MW409 id.';
REVOKE ALL ON FUNCTION ml.record_backtest(bigint, jsonb, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.record_backtest(bigint, jsonb, integer, text) TO engineer, thin;
