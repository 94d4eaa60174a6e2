CREATE OR REPLACE FUNCTION report.machine_anomalies(machine text, "from" timestamptz, "to" timestamptz)
    RETURNS TABLE (anomalies bigint)
    LANGUAGE sql STABLE ROWS 1
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT count(*) FROM ml.serve_ml_predictions AS p
    WHERE p.equipment_id = $1 AND p.is_anomaly AND p.stage <> 'challenger' AND p.time >= $2 AND p.time < $3
$$;
COMMENT ON FUNCTION report.machine_anomalies(text, timestamptz, timestamptz) IS
    'Predictions from … to (exclusive) that found an anomaly on a machine; those of challengers do not count.';
REVOKE ALL ON FUNCTION report.machine_anomalies(text, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.machine_anomalies(text, timestamptz, timestamptz) TO viewer;
