CREATE OR REPLACE FUNCTION report.model_scores(
    "from" timestamptz, "to" timestamptz, machine text DEFAULT NULL, zone text DEFAULT NULL)
    RETURNS TABLE (equipment text, power text, model text, role text, answers boolean, predictions bigint,
        anomaly_share report.share,
        p95_ratio float8, drifting bigint, worst_feature text)
    LANGUAGE sql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT m.equipment_id, m.power, m.model_version, coalesce(r.aliases, d.stage), r.answers, d.predictions,
        d.anomalies / nullif(d.predictions, 0)::float8,
           d.p95, r.major + r.moderate, CASE WHEN r.major + r.moderate > 0 THEN r.worst_feature END
    FROM (
        SELECT x.model_id, min(x.stage) AS stage, sum(x.predictions) AS predictions, sum(x.anomalies) AS anomalies,
               max(x.p95) AS p95
        FROM (
            -- a prediction is counted under each of its modalities, and found an anomaly by whichever
            SELECT s.model_id, s.day, s.stage, max(s.predictions)::bigint AS predictions,
                   max(s.anomalies)::bigint AS anomalies, max(s.p95_ratio) AS p95
            FROM ml.score_day AS s
            WHERE s.day >= ($1 AT TIME ZONE 'UTC')::date AND s.day::timestamp AT TIME ZONE 'UTC' < $2
            GROUP BY s.model_id, s.day, s.stage
            UNION ALL
            -- what ml.summarise has not read yet
            SELECT k.id, (p.time AT TIME ZONE 'UTC')::date, p.stage, count(*), count(*) FILTER (WHERE p.is_anomaly),
                   percentile_cont(0.95) WITHIN GROUP (ORDER BY r.ratio)
            FROM ml.serve_ml_predictions AS p
            JOIN ml.serve_ml_models AS k ON k.equipment_id = p.equipment_id AND k.power = p.power
                AND k.model_version = p.model_version
            CROSS JOIN LATERAL (SELECT max(ml.finite(e.value)) AS ratio FROM jsonb_each(p.ratio) AS e) AS r
            WHERE p.received_at > coalesce((SELECT c.done_to FROM ml.clock AS c WHERE c.name = 'summary'), '-infinity')
              AND p.time >= date_trunc('day', $1, 'UTC')
              AND p.time < date_trunc('day', $2 - INTERVAL '1 microsecond', 'UTC') + INTERVAL '1 day'
            GROUP BY 1, 2, 3
        ) AS x
        GROUP BY x.model_id
    ) AS d
    JOIN ml.serve_ml_models AS m ON m.id = d.model_id
    LEFT JOIN report.model AS r ON r.equipment_id = m.equipment_id AND r.power = m.power
        AND r.model_version = m.model_version
    WHERE $3 IS NULL OR m.equipment_id = $3
    ORDER BY m.equipment_id, m.power, r.answers DESC NULLS LAST, m.model_version
$$;
COMMENT ON FUNCTION report.model_scores(timestamptz, timestamptz, text, text) IS
    'Section: each model version that said anything on a UTC day that overlaps from … to: its alias, whether it answers now, predictions, share of anomalies, of its worst day the 95th percentile of score / threshold (1: the threshold), features that drift now (report.model).';
REVOKE ALL ON FUNCTION report.model_scores(timestamptz, timestamptz, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.model_scores(timestamptz, timestamptz, text, text) TO viewer;
