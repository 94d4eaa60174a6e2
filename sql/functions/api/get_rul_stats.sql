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
    )
    SELECT jsonb_build_object(
        'start_time', api.iso((SELECT s.start FROM span AS s)), 'end_time', api.iso((SELECT s.until FROM span AS s)),
        'total_predictions', count(*), 'average_rul', avg(p.rul_value), 'min_rul', min(p.rul_value),
        'max_rul', max(p.rul_value),
        -- no life's end is known, so no estimate was ever judged
        'prediction_accuracy', NULL,
        'by_method', (SELECT coalesce(jsonb_object_agg(m.method, m.n), '{}')
                      FROM (SELECT q.method, count(*) AS n FROM p AS q GROUP BY q.method) AS m))
    FROM p
$$;
COMMENT ON FUNCTION api.get_rul_stats(text, timestamptz, timestamptz) IS
    'Estimates of remaining life in figures (default: of the last 30 days), in hours. prediction_accuracy is null: '
    'ends of lives are not recorded, against which estimates could be judged.';
REVOKE ALL ON FUNCTION api.get_rul_stats(text, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.get_rul_stats(text, timestamptz, timestamptz) TO viewer;
