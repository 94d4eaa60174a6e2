CREATE OR REPLACE FUNCTION ml.record_predictions(
    predictions jsonb,
    OUT stored integer, OUT outbox_rows integer
)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    v_historical timestamptz := clock_timestamp() - ops.setting_interval('ingest.historical_after');
    v_judged jsonb;
    v_new record;
    v_transitions bigint[] := ARRAY[]::bigint[];
BEGIN
    WITH given AS MATERIALIZED (
        SELECT coalesce(ingest.parse_time(p.time), clock_timestamp()) AS time, p.equipment_id, p.power, p.model_version,
               coalesce(p.stage, 'champion') AS stage, p.source, p."case", coalesce(p.modalities, '{}') AS modalities, p.is_anomaly, p.confidence,
               CASE WHEN NOT p.is_anomaly THEN NULL
                    -- without its scaler a threshold means little: never more than a hint
                    WHEN EXISTS (SELECT FROM unnest(p.warnings) AS w WHERE w LIKE 'unscaled%')
                        THEN (SELECT t.name FROM alarm.severity AS t ORDER BY t.rank LIMIT 1)
                    ELSE (SELECT t.name FROM alarm.severity AS t WHERE p.confidence > t.minimum_confidence OR t.minimum_confidence = 0
                          ORDER BY t.minimum_confidence DESC LIMIT 1) END AS severity,
               coalesce(p.scores, '{}') AS scores, coalesce(p.thresholds, '{}') AS thresholds, coalesce(p.ratio, '{}') AS ratio,
               p.fault ->> 'label' AS fault_label, (p.fault ->> 'probability')::float8 AS fault_probability,
               p.fault -> 'probabilities' AS probabilities, p.contributions, coalesce(p.warnings, '{}') AS warnings, p.features, p.latency_us
        FROM jsonb_to_recordset(predictions) AS p (
            "time" text, equipment_id text, power text, model_version text, stage text, source text, "case" text,
            modalities text[], is_anomaly boolean, confidence float8, scores jsonb, thresholds jsonb, ratio jsonb,
            fault jsonb, contributions jsonb, warnings text[], features jsonb, latency_us float8)
    ), added AS (
        INSERT INTO ml.serve_ml_predictions AS x (
            time, equipment_id, power, model_version, stage, source, "case", modalities, is_anomaly, confidence, severity,
            scores, thresholds, ratio, fault_label, fault_probability, probabilities, contributions, warnings, features, latency_us)
        SELECT g.* FROM given AS g
        ON CONFLICT DO NOTHING
        RETURNING x.time, x.equipment_id, x.power, x.model_version, x.stage, x.is_anomaly
    ), verdict AS (
        SELECT a.* FROM added AS a WHERE a.stage = 'champion' AND a.time >= v_historical
    ), awake AS (
        -- Machines of whose last verdicts one was an anomaly, now or before. All others are calm, and stay so at no cost. Two sessions that
        -- speak for one machine at the same instant can each miss the other's: the machine's next verdict puts it right.
        SELECT v.equipment_id FROM verdict AS v WHERE v.is_anomaly
        UNION
        SELECT g.equipment_id
        FROM (SELECT DISTINCT v.equipment_id FROM verdict AS v) AS e
        JOIN alarm.signal AS g ON g.equipment_id = e.equipment_id AND g.condition = 'model_verdict' AND g.assigned
        JOIN alarm.state AS s ON s.signal_id = g.id AND (NOT s.idle OR s.last_value <> 0)
    )
    SELECT (SELECT count(*) FROM added),
           (SELECT jsonb_agg(jsonb_build_object('equipment_id', v.equipment_id, 'power', v.power, 'model_version', v.model_version, 'time', v.time))
            FROM verdict AS v JOIN awake AS w ON w.equipment_id = v.equipment_id)
    INTO record_predictions.stored, v_judged;

    outbox_rows := 0;
    IF v_judged IS NULL THEN
        RETURN;
    END IF;
    -- A loop, because an alarm's state depends on the verdict before it; ordered by machine, so that two callers that share
    -- machines take their locks in one order.
    FOR v_new IN
        SELECT p.equipment_id, p.time, p.is_anomaly, p.severity, p.confidence,
               jsonb_build_object(
                   'power', p.power, 'model_version', p.model_version,
                   'modality', (SELECT r.key FROM jsonb_each_text(p.ratio) AS r ORDER BY r.value::float8 DESC NULLS LAST LIMIT 1),
                   'scores', p.scores, 'thresholds', p.thresholds, 'ratio', p.ratio, 'fault', p.fault_label,
                   'fault_probability', p.fault_probability, 'contributions', p.contributions, 'warnings', to_jsonb(p.warnings)) AS data
        FROM jsonb_to_recordset(v_judged) AS j (equipment_id text, power text, model_version text, "time" timestamptz)
        JOIN ml.serve_ml_predictions AS p ON p.equipment_id = j.equipment_id AND p.power = j.power AND p.model_version = j.model_version
            AND p.stage = 'champion' AND p.time = j.time
        -- An anomaly that is older than a verdict which is known already comes too late to raise anything. A calm machine keeps no
        -- clock, so the predictions are asked; those of this very batch count, the loop is in time order.
        WHERE NOT (p.is_anomaly AND EXISTS (
            SELECT FROM ml.serve_ml_models AS m
            JOIN ml.serve_ml_predictions AS n ON n.equipment_id = m.equipment_id AND n.power = m.power AND n.model_version = m.model_version
                AND n.stage = 'champion' AND n.time > p.time AND n.time >= v_historical
            WHERE m.equipment_id = p.equipment_id
              AND NOT EXISTS (SELECT FROM jsonb_to_recordset(v_judged) AS k (equipment_id text, "time" timestamptz)
                              WHERE k.equipment_id = n.equipment_id AND k.time = n.time)))
        ORDER BY p.equipment_id, p.time
    LOOP
        v_transitions := v_transitions || alarm.verdict(v_new.equipment_id, v_new.time, v_new.is_anomaly, v_new.severity, v_new.confidence, v_new.data);
    END LOOP;
    -- last: it takes the outbox counter, which everybody needs
    outbox_rows := alarm.announce(v_transitions);
END
$$;
COMMENT ON FUNCTION ml.record_predictions(jsonb) IS
    'Stores predictions that thin computed (an array; members as in ml.serve_ml_predictions, fault as {label, probability, probabilities}, time as ingest.parse_time takes it) and lets alarm.verdict judge those of the champion, where there is anything to judge: a calm verdict of a calm machine is not. A prediction that is there already is left alone.';
REVOKE ALL ON FUNCTION ml.record_predictions(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.record_predictions(jsonb) TO thin;
