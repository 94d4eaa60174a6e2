CREATE OR REPLACE FUNCTION alarm.series_verdicts(r alarm.rule, g alarm.signal, "from" timestamptz, "to" timestamptz)
    RETURNS TABLE ("time" timestamptz, value float8)
    LANGUAGE plpgsql STABLE ROWS 1000
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT p.time,
           CASE WHEN p.is_anomaly THEN row_number() OVER (PARTITION BY p.calm ORDER BY p.time) - CASE
                WHEN p.calm > 0 THEN 1 ELSE 0 END ELSE 0 END::float8
    FROM (
        SELECT v.time, v.is_anomaly, count(*) FILTER (WHERE NOT v.is_anomaly) OVER (ORDER BY v.time) AS calm
        FROM ml.serve_ml_predictions AS v
        WHERE v.equipment_id = g.equipment_id AND v.stage = 'champion' AND v.time > series_verdicts.from
          AND v.time <= series_verdicts.to
          -- what another bundle of the machine said counts for its own alarm
          AND (g.power IS NULL OR v.power = g.power)
          AND (g.bundle_kind IS NULL OR ml.bundle_kind(v.scores, v.thresholds, v.ratio, v.value) = g.bundle_kind)
    ) AS p
    ORDER BY p.time;
END
$$;
COMMENT ON FUNCTION alarm.series_verdicts(alarm.rule, alarm.signal, timestamptz, timestamptz) IS
    'Anomalies in a row that the champion model found; 0 where it found none. See alarm.series.';
REVOKE ALL ON FUNCTION alarm.series_verdicts(alarm.rule, alarm.signal, timestamptz, timestamptz) FROM PUBLIC;
