CREATE OR REPLACE FUNCTION ml.record_predictions(
    predictions jsonb,
    OUT stored integer, OUT outbox_rows integer
)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    v_new record;
BEGIN
    stored := 0;
    outbox_rows := 0;
    -- A loop, because an alarm's state depends on the verdict before it; ordered by machine, so that two callers
    -- that share machines take their locks in one order.
    FOR v_new IN
        WITH given AS (
            SELECT p.*, s.severity
            FROM jsonb_to_recordset(predictions) AS p (
                "time" text, equipment_id text, power text, model_version text, stage text, source text, "case" text,
                modalities text[], is_anomaly boolean, confidence float8, scores jsonb, thresholds jsonb, ratio jsonb,
                fault jsonb, contributions jsonb, warnings text[], features jsonb, latency_us float8)
            CROSS JOIN LATERAL (
                SELECT CASE
                    -- without its scaler a threshold means little: never more than a hint
                    WHEN EXISTS (SELECT FROM unnest(p.warnings) AS w WHERE w LIKE 'unscaled%') THEN 'low'
                    ELSE (SELECT t.name FROM alarm.severity AS t WHERE p.confidence > t.minimum_confidence OR t.minimum_confidence = 0
                          ORDER BY t.minimum_confidence DESC LIMIT 1) END AS severity
            ) AS s
        ), added AS (
            INSERT INTO ml.serve_ml_predictions AS x (
                time, equipment_id, power, model_version, stage, source, "case", modalities, is_anomaly, confidence, severity,
                scores, thresholds, ratio, fault_label, fault_probability, probabilities, contributions, warnings, features,
                latency_us)
            SELECT coalesce(ingest.parse_time(g.time), clock_timestamp()), g.equipment_id, g.power, g.model_version, coalesce(g.stage, 'champion'),
                   g.source, g."case", coalesce(g.modalities, '{}'), g.is_anomaly, g.confidence,
                   CASE WHEN g.is_anomaly THEN g.severity END,
                   coalesce(g.scores, '{}'), coalesce(g.thresholds, '{}'), coalesce(g.ratio, '{}'),
                   g.fault ->> 'label', (g.fault ->> 'probability')::float8, g.fault -> 'probabilities',
                   g.contributions, coalesce(g.warnings, '{}'), g.features, g.latency_us
            FROM given AS g
            ON CONFLICT DO NOTHING
            RETURNING x.*
        )
        SELECT a.*, (SELECT r.key FROM jsonb_each_text(a.ratio) AS r ORDER BY r.value::float8 DESC NULLS LAST LIMIT 1) AS modality
        FROM added AS a
        ORDER BY a.equipment_id, a.time
    LOOP
        stored := stored + 1;
        CONTINUE WHEN v_new.stage <> 'champion'
            OR v_new.time < clock_timestamp() - ops.setting_interval('ingest.historical_after');
        outbox_rows := outbox_rows + alarm.model_verdict(
            v_new.equipment_id, v_new.time, v_new.is_anomaly, v_new.severity, v_new.confidence,
            jsonb_build_object(
                'power', v_new.power, 'model_version', v_new.model_version, 'modality', v_new.modality,
                'scores', v_new.scores, 'thresholds', v_new.thresholds, 'ratio', v_new.ratio,
                'fault', v_new.fault_label, 'fault_probability', v_new.fault_probability,
                'contributions', v_new.contributions, 'warnings', to_jsonb(v_new.warnings)));
    END LOOP;
END
$$;
COMMENT ON FUNCTION ml.record_predictions(jsonb) IS
    'Stores predictions that thin computed (an array; members as in ml.serve_ml_predictions, fault as {label, probability, probabilities}, time as ingest.parse_time takes it) and lets alarm.model_verdict judge those of the champion. A prediction that is there already is left alone.';
REVOKE ALL ON FUNCTION ml.record_predictions(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.record_predictions(jsonb) TO thin;
