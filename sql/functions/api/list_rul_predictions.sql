CREATE OR REPLACE FUNCTION api.list_rul_predictions(
    device_id text DEFAULT NULL, start_time timestamptz DEFAULT NULL, end_time timestamptz DEFAULT NULL,
    page integer DEFAULT 1, size integer DEFAULT 50, method text DEFAULT NULL
) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_default_span CONSTANT interval := INTERVAL '30 days';
    v_end timestamptz := coalesce(end_time, 'infinity');
    v_start timestamptz := coalesce(start_time, least(v_end, now()) - c_default_span);
BEGIN
    IF page IS NULL OR page NOT BETWEEN 1 AND 100000 THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'page', MESSAGE = 'page must be 1 or more';
    ELSIF size IS NULL OR size NOT BETWEEN 1 AND 1000 THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'size', MESSAGE = 'size must be 1 to 1000';
    END IF;
    RETURN jsonb_build_object(
        'predictions', coalesce((
            SELECT jsonb_agg(jsonb_build_object(
                'id', p.id, 'device_id', p.device_id, 'prediction_time', api.iso(p.prediction_time),
                'rul_value', p.rul_value,
                'confidence', p.confidence, 'uncertainty', p.uncertainty, 'created_at', api.iso(p.created_at),
                'lower', p.lower,
                'upper', p.upper, 'method', p.method, 'power', p.power, 'model_version', p.model_version,
                'basis', p.basis)
                ORDER BY p.prediction_time DESC, p.device_id, p.method, p.power, p.model_version)
            FROM (
                SELECT r.* FROM public.rul_predictions AS r
                WHERE r.prediction_time >= v_start AND r.prediction_time < v_end
                  AND (list_rul_predictions.device_id IS NULL OR r.device_id = list_rul_predictions.device_id)
                  AND (list_rul_predictions.method IS NULL OR r.method = list_rul_predictions.method)
                ORDER BY r.prediction_time DESC, r.device_id, r.method, r.power, r.model_version
                LIMIT list_rul_predictions.size OFFSET (page - 1)::bigint * list_rul_predictions.size
            ) AS p), '[]'),
        'total', (
            SELECT count(*) FROM public.rul_predictions AS r
            WHERE r.prediction_time >= v_start AND r.prediction_time < v_end
              AND (list_rul_predictions.device_id IS NULL OR r.device_id = list_rul_predictions.device_id)
              AND (list_rul_predictions.method IS NULL OR r.method = list_rul_predictions.method)),
        'page', page, 'size', list_rul_predictions.size);
END
$$;
COMMENT ON FUNCTION api.list_rul_predictions(text, timestamptz, timestamptz, integer, integer, text) IS
    'Estimates of remaining life by all methods, newest first (default: of the last 30 days). total counts all that '
    'the filters select.';
REVOKE ALL ON FUNCTION api.list_rul_predictions(text, timestamptz, timestamptz, integer, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_rul_predictions(text, timestamptz, timestamptz, integer, integer, text) TO viewer;
