CREATE OR REPLACE FUNCTION ml.begin_backtest(
    equipment_id text, power text, model_version text, "from" timestamptz, "to" timestamptz, actor text DEFAULT NULL
) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    c_longest CONSTANT interval := INTERVAL '366 days';
    v_most bigint := ops.setting_int('ml.backtest_inputs');
    v_inputs bigint;
    v_id bigint;
BEGIN
    PERFORM ops.check_span(begin_backtest.from, begin_backtest.to, c_longest);
    IF NOT EXISTS (SELECT FROM ml.serve_ml_models AS m
                   WHERE m.equipment_id = begin_backtest.equipment_id AND m.power = begin_backtest.power
                     AND m.model_version = begin_backtest.model_version AND m.status = 'ready') THEN
        PERFORM alarm.refuse('MW404', 'model_version',
                             format('no bundle %s/%s/%s is served', begin_backtest.equipment_id,
            begin_backtest.power, begin_backtest.model_version));
    END IF;
    SELECT count(*) INTO v_inputs FROM (
        SELECT FROM ml.serve_ml_predictions AS p
        WHERE p.equipment_id = begin_backtest.equipment_id AND p.power = begin_backtest.power AND p.stage = 'champion'
          AND p.features IS NOT NULL AND p.time >= begin_backtest.from AND p.time < begin_backtest.to
        LIMIT v_most + 1) AS x;
    IF v_inputs = 0 THEN
        PERFORM alarm.refuse('MW422', 'from', 'no features are kept of that time',
            'ml.training_features shows what there is; settings ml.prediction_retention, ml.feature_retention.');
    ELSIF v_inputs > v_most THEN
        PERFORM alarm.refuse('MW422', 'to', format('that are more than %s inputs', v_most),
                             'Setting ml.backtest_inputs.');
    END IF;
    -- the last of a version is what is looked at
    DELETE FROM ml.backtest AS b
    WHERE b.equipment_id = begin_backtest.equipment_id AND b.power = begin_backtest.power
      AND b.model_version = begin_backtest.model_version AND b.state <> 'running';
    INSERT INTO ml.backtest (equipment_id, power, model_version, from_time, to_time, started_by)
    VALUES (begin_backtest.equipment_id, begin_backtest.power, begin_backtest.model_version, begin_backtest.from,
            begin_backtest.to, auth.acting(begin_backtest.actor))
    RETURNING id INTO v_id;
    RETURN v_id;
END
$$;
COMMENT ON FUNCTION ml.begin_backtest(text, text, text, timestamptz, timestamptz, text) IS
    'Begins a replay of stored inputs (features that champions of this machine and power judged from … to, exclusive) '
    'through a version. thin does the rest: ml.backtest_inputs, ml.record_backtest, ml.finish_backtest. Earlier '
    'replays of '
    'the version are forgotten. MW404 model_version; MW422 from, to: no inputs, or more than the setting '
    'ml.backtest_inputs.';
REVOKE ALL ON FUNCTION ml.begin_backtest(text, text, text, timestamptz, timestamptz, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.begin_backtest(text, text, text, timestamptz, timestamptz, text) TO engineer, thin;
