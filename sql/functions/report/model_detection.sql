CREATE OR REPLACE FUNCTION report.model_detection(
    "from" timestamptz, "to" timestamptz, machine text DEFAULT NULL, zone text DEFAULT NULL)
    RETURNS TABLE (equipment text, faults bigint, judged bigint, found bigint, found_share report.share,
        mean_lead interval, predictions bigint, outside_share report.share)
    LANGUAGE sql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH fault AS (
        SELECT k.equipment_id, greatest(k.starts_at, $1) AS starts_at, least(k.ends_at, $2) AS ends_at
        FROM plant.fault_span AS k
        WHERE k.starts_at < $2 AND k.ends_at > $1 AND ($3 IS NULL OR k.equipment_id = $3)
    ), found AS (
        SELECT f.equipment_id, count(*) AS faults, count(a.spoke) AS judged, count(a.time) AS found,
               avg(a.time - f.starts_at) AS lead
        FROM fault AS f
        LEFT JOIN LATERAL (
            SELECT min(p.time) AS spoke, min(p.time) FILTER (WHERE p.is_anomaly) AS time
            FROM ml.serve_ml_predictions AS p
            WHERE p.equipment_id = f.equipment_id AND p.stage = 'champion'
              AND p.time >= f.starts_at AND p.time < f.ends_at
        ) AS a ON true
        GROUP BY f.equipment_id
    )
    SELECT x.equipment_id, x.faults, x.judged, x.found, x.found / nullif(x.judged, 0)::float8, x.lead, o.predictions,
        o.anomalies / nullif(o.predictions, 0)::float8
    FROM found AS x
    CROSS JOIN LATERAL (
        SELECT count(*) AS predictions, count(*) FILTER (WHERE p.is_anomaly) AS anomalies
        FROM ml.serve_ml_predictions AS p
        WHERE p.equipment_id = x.equipment_id AND p.stage = 'champion' AND p.time >= $1 AND p.time < $2
          AND NOT EXISTS (SELECT FROM fault AS f
                          WHERE f.equipment_id = x.equipment_id AND p.time >= f.starts_at AND p.time < f.ends_at)
    ) AS o
    ORDER BY x.found / nullif(x.judged, 0)::float8, x.equipment_id
$$;
COMMENT ON FUNCTION report.model_detection(timestamptz, timestamptz, text, text) IS
    'Section: what the models that answer found of what is known to have been wrong from … to (plant.fault_span): faults during which there was any prediction (judged), those of them with at least one anomaly, how soon after their beginning the first came, and which share of the predictions outside of all known faults were anomalies: false alarms, or faults that nobody has entered yet. Machines with known faults only.';
REVOKE ALL ON FUNCTION report.model_detection(timestamptz, timestamptz, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.model_detection(timestamptz, timestamptz, text, text) TO viewer;
