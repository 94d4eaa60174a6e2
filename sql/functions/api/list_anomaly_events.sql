CREATE OR REPLACE FUNCTION api.list_anomaly_events(
    device_id text DEFAULT NULL, severity text DEFAULT NULL, start timestamptz DEFAULT NULL, "end" timestamptz DEFAULT NULL,
    "limit" integer DEFAULT 50, page integer DEFAULT 1
) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_default_span CONSTANT interval := INTERVAL '30 days';
    v_limit integer := api.page_limit("limit");
    v_end timestamptz := coalesce("end", 'infinity');
    v_start timestamptz := coalesce(start, least(v_end, now()) - c_default_span);
BEGIN
    IF page IS NULL OR page NOT BETWEEN 1 AND 100000 THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'page', MESSAGE = 'page must be 1 or more';
    END IF;
    RETURN jsonb_build_object(
        'events', coalesce((
            SELECT jsonb_agg(jsonb_build_object(
                'event_time', api.iso(p.time), 'device_id', p.equipment_id, 'is_anomaly', p.is_anomaly, 'confidence', p.confidence,
                'severity', p.severity, 'scores', p.scores, 'thresholds', p.thresholds, 'modalities', to_jsonb(p.modalities),
                'power', p.power, 'model_version', p.model_version, 'fault_label', p.fault_label, 'contributions', p.contributions)
                ORDER BY p.time DESC, p.equipment_id, p.power, p.model_version, p.stage)
            FROM (
                SELECT a.* FROM ml.serve_ml_predictions AS a
                WHERE a.is_anomaly AND a.stage <> 'challenger' AND a.time >= v_start AND a.time < v_end
                    AND (list_anomaly_events.device_id IS NULL OR a.equipment_id = list_anomaly_events.device_id)
                    AND (list_anomaly_events.severity IS NULL OR a.severity = list_anomaly_events.severity)
                ORDER BY a.time DESC, a.equipment_id, a.power, a.model_version, a.stage
                LIMIT v_limit OFFSET (page - 1)::bigint * v_limit
            ) AS p), '[]'),
        'total', (SELECT count(*) FROM ml.serve_ml_predictions AS a
            WHERE a.is_anomaly AND a.stage <> 'challenger' AND a.time >= v_start AND a.time < v_end
                AND (list_anomaly_events.device_id IS NULL OR a.equipment_id = list_anomaly_events.device_id)
                AND (list_anomaly_events.severity IS NULL OR a.severity = list_anomaly_events.severity)),
        'page', page, 'size', v_limit);
END
$$;
COMMENT ON FUNCTION api.list_anomaly_events(text, text, timestamptz, timestamptz, integer, integer) IS
    'Anomalies that models found, newest first (default: of the last 30 days), shadows left out. total counts all that the filters select.';
REVOKE ALL ON FUNCTION api.list_anomaly_events(text, text, timestamptz, timestamptz, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_anomaly_events(text, text, timestamptz, timestamptz, integer, integer) TO viewer;
