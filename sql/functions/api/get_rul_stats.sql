CREATE OR REPLACE FUNCTION api.get_rul_stats(
    device_id text DEFAULT NULL, start_time timestamptz DEFAULT NULL, end_time timestamptz DEFAULT NULL
) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH span AS (
        SELECT coalesce($3, now()) AS until, coalesce($2, coalesce($3, now()) - INTERVAL '30 days') AS start
    ), p AS MATERIALIZED (
        SELECT r.method, r.rul_value FROM public.rul_predictions AS r, span AS s
        WHERE r.prediction_time >= s.start AND r.prediction_time < s.until AND ($1 IS NULL OR r.device_id = $1)
    ), o AS (
        SELECT count(DISTINCT (l.equipment_id, l.ended_at)) FILTER (WHERE NOT l.is_censored) AS lives,
               count(DISTINCT (l.equipment_id, l.ended_at)) FILTER (WHERE l.is_censored) AS censored_lives,
               coalesce(sum(l.estimates) FILTER (WHERE NOT l.is_censored), 0) AS estimates,
               sqrt(sum(l.squared_error) / sum(l.estimates) FILTER (WHERE NOT l.is_censored)) AS rmse,
               sum(l.absolute_error) / sum(l.estimates) FILTER (WHERE NOT l.is_censored) AS mae,
               sum(l.error) / sum(l.estimates) FILTER (WHERE NOT l.is_censored) AS bias,
               avg(l.is_accurate_at_lambda::int)::float8 AS accuracy, avg(l.told_coverage) AS coverage
        FROM report.rul_outcome_life AS l, span AS s
        WHERE l.ended_at >= s.start AND l.ended_at < s.until AND ($1 IS NULL OR l.equipment_id = $1)
    )
    SELECT jsonb_build_object(
        'start_time', api.iso((SELECT s.start FROM span AS s)), 'end_time', api.iso((SELECT s.until FROM span AS s)),
        'total_predictions', count(*), 'average_rul', avg(p.rul_value), 'min_rul', min(p.rul_value),
        'max_rul', max(p.rul_value),
        'prediction_accuracy', (SELECT o.accuracy FROM o),
        'judged', (SELECT to_jsonb(o) - 'accuracy' FROM o),
        'by_method', (SELECT coalesce(jsonb_object_agg(m.method, m.n), '{}')
                      FROM (SELECT q.method, count(*) AS n FROM p AS q GROUP BY q.method) AS m))
    FROM p
$$;
COMMENT ON FUNCTION api.get_rul_stats(text, timestamptz, timestamptz) IS
    'Estimates of remaining life in figures (default: of the last 30 days), in hours, and how good those were whose '
    'machines'' lives ended in that time (report.rul_outcome_life): prediction_accuracy is the share that was accurate '
    'to ml.outcome_alpha when ml.outcome_lambda of the life was over; null: no life ended by failure.';
REVOKE ALL ON FUNCTION api.get_rul_stats(text, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.get_rul_stats(text, timestamptz, timestamptz) TO viewer;
