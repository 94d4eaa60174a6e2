CREATE OR REPLACE FUNCTION ml.refresh_model_status() RETURNS bigint[]
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH counting AS (
        SELECT r.instance, r.reported_at
        FROM ml.registry_report AS r
        WHERE r.reported_at > clock_timestamp() - ops.setting_interval('ml.report_lifetime')
           OR r.reported_at = (SELECT max(n.reported_at) FROM ml.registry_report AS n)
    ), said AS (
        SELECT DISTINCT ON (b.model_id) b.model_id, b.status, b.status_code, b.status_reason
        FROM ml.bundle_report AS b
        JOIN counting AS c ON c.instance = b.instance
        -- served by one is served; of two that refuse it, the later one says why
        ORDER BY b.model_id, b.status = 'ready' DESC, c.reported_at DESC
    ), changed AS (
        UPDATE ml.serve_ml_models AS m
        SET status = v.status, status_code = v.status_code, status_reason = v.status_reason, updated_at = clock_timestamp()
        FROM (
            SELECT o.id, coalesce(s.status, 'missing') AS status, CASE WHEN s.model_id IS NULL THEN 'missing' ELSE s.status_code END AS status_code,
                   CASE WHEN s.model_id IS NULL
                        THEN 'not found by ' || coalesce((SELECT string_agg(c.instance, ', ' ORDER BY c.instance) FROM counting AS c), 'anybody')
                        ELSE s.status_reason END AS status_reason
            FROM ml.serve_ml_models AS o
            LEFT JOIN said AS s ON s.model_id = o.id
            -- before the first report nobody knows
            WHERE EXISTS (SELECT FROM counting)
        ) AS v
        WHERE m.id = v.id AND m.status <> 'retired'
          AND ((m.status, m.status_code) IS DISTINCT FROM (v.status, v.status_code)
               OR (v.status = 'rejected' AND m.status_reason IS DISTINCT FROM v.status_reason))
        RETURNING m.id, v.status
    )
    SELECT coalesce(array_agg(c.id) FILTER (WHERE c.status = 'ready'), '{}') FROM changed AS c
$$;
COMMENT ON FUNCTION ml.refresh_model_status() IS
    'Works the status of every model that is not retired out of the reports that count: ready while one serves it, else rejected, else missing. Returns those that became ready (ml.serve_ml_models.id).';
REVOKE ALL ON FUNCTION ml.refresh_model_status() FROM PUBLIC;
