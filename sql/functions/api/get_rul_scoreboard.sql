CREATE OR REPLACE FUNCTION api.get_rul_scoreboard(
    method text DEFAULT NULL, model_version text DEFAULT NULL, equipment_type text DEFAULT NULL
) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object(
        'alpha', ops.setting_float('ml.outcome_alpha'), 'lambda', ops.setting_float('ml.outcome_lambda'),
        'last_lives', ops.setting_int('ml.outcome_last'),
        'items', coalesce((
            SELECT jsonb_agg(to_jsonb(s) || jsonb_build_object('last_end_at', api.iso(s.last_end_at))
                             ORDER BY s.equipment_type, s.rmse NULLS LAST, s.method, s.model_version)
            FROM (SELECT x.* FROM report.rul_scoreboard AS x
                  WHERE ($1 IS NULL OR x.method = $1) AND ($2 IS NULL OR x.model_version = $2)
                    AND ($3 IS NULL OR x.equipment_type = $3)
                  ORDER BY x.equipment_type, x.rmse NULLS LAST, x.method, x.model_version LIMIT 1000) AS s), '[]'),
        'intervals', coalesce((
            SELECT jsonb_agg(to_jsonb(c) || jsonb_build_object('corrected_at', api.iso(c.corrected_at))
                             ORDER BY c.equipment_type, c.method)
            FROM (SELECT x.* FROM report.rul_coverage AS x
                  WHERE ($1 IS NULL OR x.method = $1) AND ($3 IS NULL OR x.equipment_type = $3)
                  ORDER BY x.equipment_type, x.method LIMIT 1000) AS c), '[]'))
$$;
COMMENT ON FUNCTION api.get_rul_scoreboard(text, text, text) IS
    'How good the estimates of remaining life were, per type of machine, method and model version (report.'
    'rul_scoreboard), the best first, and how honest their intervals are (report.rul_coverage). At most 1,000 of each.';
REVOKE ALL ON FUNCTION api.get_rul_scoreboard(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.get_rul_scoreboard(text, text, text) TO viewer;
