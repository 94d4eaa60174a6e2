CREATE OR REPLACE FUNCTION ml.record_predictions(
    predictions jsonb,
    OUT stored integer, OUT outbox_rows integer
)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    v_started timestamptz := clock_timestamp();
    v_historical timestamptz := v_started - ops.setting_interval('ingest.historical_after');
    v_equipment text[];
    v_power text[];
    v_kind text[];
    v_version text[];
    v_time timestamptz[];
    v_anomaly boolean[];
    v_unknown text[];
    v_new record;
    v_transitions bigint[] := ARRAY[]::bigint[];
    v_spoken ml.spoken[];
    v_cap text := ops.setting_text('ml.unscaled_severity');
    -- a severity that was renamed or is gone: the least one
    v_cap_rank integer := CASE WHEN v_cap IS NOT NULL THEN coalesce(
        (SELECT s.rank FROM alarm.severity AS s WHERE s.name = v_cap),
        (SELECT min(s.rank) FROM alarm.severity AS s)) END;
BEGIN
    PERFORM ml.make_history_chunks('ml.serve_ml_predictions', array_agg(g.at))
    FROM (SELECT ingest.parse_time(p.time) AS at FROM jsonb_to_recordset(predictions) AS p ("time" text)) AS g
    -- a month ago or later lies in the usual chunks
    WHERE g.at < v_started - INTERVAL '30 days' OR g.at > v_started + INTERVAL '30 days' HAVING count(*) > 0;

    WITH given AS MATERIALIZED (
        SELECT coalesce(ingest.parse_time(p.time), clock_timestamp()) AS time, p.equipment_id, p.power, p.model_version,
               coalesce(p.stage, 'champion') AS stage, p.source, p."case", coalesce(p.modalities, '{}') AS modalities,
               f.is_anomaly, f.confidence,
               -- without its scaler a threshold means little: no more than a hint, unless the plant wants more
               CASE WHEN f.is_anomaly THEN ml.verdict_severity(
                   f.confidence, CASE WHEN ml.is_unscaled(p.warnings) THEN v_cap_rank END) END AS severity,
               coalesce(p.scores, '{}') AS scores, coalesce(p.thresholds, '{}') AS thresholds,
               coalesce(p.ratio, '{}') AS ratio,
               p.fault ->> 'label' AS fault_label, (p.fault ->> 'probability')::float8 AS fault_probability,
               p.fault -> 'probabilities' AS probabilities, p.contributions, coalesce(p.warnings, '{}') AS warnings,
               p.features, p.latency_us, p.value, t.factor
        FROM jsonb_to_recordset(predictions) AS p (
            "time" text, equipment_id text, power text, model_version text, stage text, source text, "case" text,
            modalities text[], is_anomaly boolean, confidence float8, scores jsonb, thresholds jsonb, ratio jsonb,
            fault jsonb, contributions jsonb, warnings text[], features jsonb, latency_us float8, value float8)
        -- what the plant holds this model's ratio against
        LEFT JOIN LATERAL (
            SELECT v.factor, ml.largest_ratio(p.ratio) AS ratio
            FROM ml.threshold_version AS v
            WHERE v.equipment_id = p.equipment_id AND v.power = p.power
              AND v.bundle_kind = ml.bundle_kind(p.scores, p.thresholds, p.ratio, p.value)
            ORDER BY v.version DESC LIMIT 1
        ) AS t ON coalesce(p.stage, 'champion') = 'champion'
        CROSS JOIN LATERAL (
            SELECT CASE WHEN t.factor IS NULL OR t.ratio IS NULL THEN p.is_anomaly
                        -- an anomaly for another reason than its ratio stays one
                        WHEN p.is_anomaly THEN t.ratio <= 1 OR t.ratio > t.factor
                        ELSE t.ratio > t.factor END AS is_anomaly,
                   CASE WHEN t.factor IS NULL OR t.ratio IS NULL THEN p.confidence
                        ELSE ml.confidence(t.ratio / t.factor) END AS confidence
        ) AS f
    ), added AS (
        INSERT INTO ml.serve_ml_predictions AS x (
            time, equipment_id, power, model_version, stage, source, "case", modalities, is_anomaly, confidence,
            severity,
            scores, thresholds, ratio, fault_label, fault_probability, probabilities, contributions, warnings, features,
            latency_us, value, threshold_factor)
        SELECT g.* FROM given AS g
        ON CONFLICT DO NOTHING
        RETURNING x.time, x.equipment_id, x.power, x.model_version, x.stage, x.is_anomaly,
            x.value IS NOT NULL AS has_value,
                  ml.bundle_kind(x.scores, x.thresholds, x.ratio, x.value) AS bundle_kind
    )
    SELECT count(*), array_agg(a.equipment_id) FILTER (WHERE a.is_verdict),
           array_agg(a.power) FILTER (WHERE a.is_verdict),
           array_agg(a.bundle_kind) FILTER (WHERE a.is_verdict), array_agg(a.model_version) FILTER (WHERE a.is_verdict),
           array_agg(a.time) FILTER (WHERE a.is_verdict), array_agg(a.is_anomaly) FILTER (WHERE a.is_verdict),
           array_agg(ROW(a.equipment_id, a.power, a.bundle_kind, a.model_version, a.time)::ml.spoken)
               FILTER (WHERE a.is_verdict AND a.has_value)
    INTO record_predictions.stored, v_equipment, v_power, v_kind, v_version, v_time, v_anomaly, v_spoken
    FROM (SELECT x.*, x.stage = 'champion' AND x.time >= v_historical AS is_verdict FROM added AS x) AS a;

    outbox_rows := 0;
    IF v_time IS NULL THEN
        RETURN;
    END IF;
    WITH verdict AS MATERIALIZED (
        SELECT u.*
        FROM unnest(v_equipment, v_power, v_kind, v_version, v_time, v_anomaly)
            AS u (equipment_id, power, bundle_kind, model_version, "time", is_anomaly)
    ), awake AS MATERIALIZED (
        -- Bundles (kind and power) of whose last verdicts one was an anomaly, now or before. All others are calm, and
        -- stay so at no cost. Two sessions that speak for one at the same instant can each miss the other's: its next
        -- verdict puts it right.
        SELECT v.equipment_id, v.power, v.bundle_kind FROM verdict AS v WHERE v.is_anomaly
        UNION
        SELECT g.equipment_id, g.power, g.bundle_kind
        FROM (SELECT DISTINCT v.equipment_id, v.power, v.bundle_kind FROM verdict AS v) AS e
        JOIN alarm.signal AS g ON g.equipment_id = e.equipment_id AND g.power = e.power
            AND g.bundle_kind = e.bundle_kind
            AND g.condition = 'model_verdict' AND g.assigned
        JOIN alarm.state AS s ON s.signal_id = g.id AND (NOT s.idle OR s.last_value <> 0)
    ), heard AS MATERIALIZED (
        -- a calm bundle keeps no clock, so the predictions are asked how far it had come before these
        SELECT v.equipment_id, v.power, v.bundle_kind, max(l.time) AS time
        FROM (SELECT DISTINCT a.equipment_id, a.power, a.bundle_kind FROM verdict AS a WHERE a.is_anomaly) AS v
        JOIN ml.serve_ml_models AS m ON m.equipment_id = v.equipment_id AND m.power = v.power
        CROSS JOIN LATERAL (
            SELECT n.time FROM ml.serve_ml_predictions AS n
            WHERE n.equipment_id = m.equipment_id AND n.power = m.power AND n.model_version = m.model_version
              AND n.stage = 'champion'
              AND n.time >= v_historical AND n.received_at < v_started
              AND ml.bundle_kind(n.scores, n.thresholds, n.ratio, n.value) = v.bundle_kind
            ORDER BY n.time DESC
            LIMIT 1
        ) AS l
        GROUP BY v.equipment_id, v.power, v.bundle_kind
    ), judged AS (
        SELECT v.*
        FROM verdict AS v
        JOIN awake AS w ON (w.equipment_id, w.power, w.bundle_kind) = (v.equipment_id, v.power, v.bundle_kind)
        LEFT JOIN heard AS h ON (h.equipment_id, h.power, h.bundle_kind) = (v.equipment_id, v.power, v.bundle_kind)
        -- an anomaly that is older than a verdict which was there before comes too late to raise anything
        WHERE NOT (v.is_anomaly AND h.time > v.time) IS TRUE
    )
    SELECT array_agg(j.equipment_id), array_agg(j.power), array_agg(j.bundle_kind), array_agg(j.model_version),
           array_agg(j.time),
           array_agg(j.is_anomaly),
           -- speaks through its model only: without this no rule would know the machine
           array_agg(DISTINCT j.equipment_id)
               FILTER (WHERE NOT EXISTS (SELECT FROM plant.equipment AS e WHERE e.id = j.equipment_id))
    INTO v_equipment, v_power, v_kind, v_version, v_time, v_anomaly, v_unknown
    FROM judged AS j;

    IF v_time IS NOT NULL THEN
        IF v_unknown IS NOT NULL AND ops.setting_text('ingest.unknown_equipment') = 'register' THEN
            PERFORM plant.discover(v_unknown, '{}', '{}', '{}');
        END IF;
        PERFORM alarm.bundle_signals('model_verdict', array_agg(j.equipment_id), array_agg(j.bundle_kind),
                                     array_agg(j.power))
        FROM unnest(v_equipment, v_kind, v_power, v_anomaly) AS j (equipment_id, bundle_kind, power, is_anomaly)
        WHERE j.is_anomaly HAVING count(*) > 0;
        -- A loop, because an alarm's state depends on the verdict before it; ordered by machine and bundle, so that two
        -- callers that share them take their locks in one order.
        FOR v_new IN
            SELECT p.equipment_id, p.time, p.is_anomaly, p.severity, p.confidence,
                   jsonb_build_object(
                       'bundle_kind', j.bundle_kind, 'power', p.power, 'model_version', p.model_version,
                       'modality', (SELECT r.key FROM jsonb_each(p.ratio) AS r
                                    ORDER BY ml.finite(r.value) DESC NULLS LAST LIMIT 1),
                       'scores', p.scores, 'thresholds', p.thresholds, 'ratio', p.ratio, 'fault', p.fault_label,
                       'fault_probability', p.fault_probability, 'contributions', p.contributions,
                       'warnings', to_jsonb(p.warnings))
                   || CASE WHEN p.threshold_factor IS NULL THEN '{}'
                           ELSE jsonb_build_object('threshold_factor', p.threshold_factor) END
                   || CASE WHEN u.severity <> p.severity THEN jsonb_build_object('severity_cap', jsonb_build_object(
                          'severity', p.severity, 'without', u.severity, 'setting', 'ml.unscaled_severity',
                          'because', 'the bundle lacks a scaler, so its threshold means little')) ELSE '{}' END AS data
            FROM unnest(v_equipment, v_power, v_kind, v_version, v_time) AS j (equipment_id, power, bundle_kind,
                 model_version, "time")
            JOIN ml.serve_ml_predictions AS p ON p.equipment_id = j.equipment_id AND p.power = j.power
                AND p.model_version = j.model_version
                AND p.stage = 'champion' AND p.time = j.time
            CROSS JOIN LATERAL (
                SELECT CASE WHEN p.is_anomaly
                            AND ml.is_unscaled(p.warnings) THEN ml.verdict_severity(p.confidence, NULL) END AS severity
            ) AS u
            ORDER BY p.equipment_id, j.bundle_kind, p.power, p.time
        LOOP
            v_transitions := v_transitions
                || alarm.verdict(v_new.equipment_id, v_new.time, v_new.is_anomaly, v_new.severity, v_new.confidence,
                                 v_new.data);
        END LOOP;
    END IF;
    IF v_spoken IS NOT NULL THEN
        v_transitions := v_transitions || ml.judge_regressors(v_spoken);
    END IF;
    -- last: it takes the outbox counter, which everybody needs
    outbox_rows := alarm.announce(v_transitions);
END
$$;
COMMENT ON FUNCTION ml.record_predictions(jsonb) IS
    'Stores predictions that thin computed (an array; members as in ml.serve_ml_predictions, fault as {label, '
    'probability, probabilities}, time as ingest.parse_time takes it) and lets alarm.verdict judge those of the '
    'champion, where there is anything to judge: a calm verdict of a calm bundle is not. Each kind of bundle '
    '(ml.bundle_kind) and power of a machine is judged for itself. What a champion''s regressor says of the remaining '
    'life is for rul_below rules (ml.judge_regressors). A champion''s anomaly is one where its ratio is above what the '
    'plant holds it against (ml.threshold_version), and its confidence follows. A prediction that is there already is '
    'left alone.';
REVOKE ALL ON FUNCTION ml.record_predictions(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.record_predictions(jsonb) TO thin;
