CREATE OR REPLACE FUNCTION alarm.model_verdict(
    equipment_id text, "time" timestamptz, is_anomaly boolean, severity text, confidence float8, data jsonb
) RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT alarm.announce(alarm.verdict(equipment_id, "time", is_anomaly, severity, confidence, data))
$$;
COMMENT ON FUNCTION alarm.model_verdict(text, timestamptz, boolean, text, float8, jsonb) IS
    'One verdict, judged (alarm.verdict) and announced; returns the outbox rows written. Of many at once: '
    'ml.record_predictions.';
REVOKE ALL ON FUNCTION alarm.model_verdict(text, timestamptz, boolean, text, float8, jsonb) FROM PUBLIC;
