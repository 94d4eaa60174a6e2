CREATE OR REPLACE FUNCTION api.list_score_trend(
    equipment_id text, power text, model_version text DEFAULT NULL, start date DEFAULT NULL, "end" date DEFAULT NULL, "limit" integer DEFAULT 1000
) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_limit integer := api.page_limit("limit");
BEGIN
    RETURN (
        SELECT jsonb_build_object('total', count(*), 'next_cursor', NULL, 'items', coalesce(jsonb_agg(to_jsonb(d) - '{model_id,place}'::text[]
            ORDER BY d.place) FILTER (WHERE d.place <= v_limit), '[]'))
        FROM (
            SELECT t.*, row_number() OVER (ORDER BY t.day DESC, t.model_version, t.stage, t.modality) AS place
            FROM ml.score_trend AS t
            WHERE t.equipment_id = list_score_trend.equipment_id AND t.power = list_score_trend.power
                AND (list_score_trend.model_version IS NULL OR t.model_version = list_score_trend.model_version)
                AND t.day >= coalesce(list_score_trend.start, '-infinity') AND t.day < coalesce(list_score_trend.end, 'infinity')
        ) AS d);
END
$$;
COMMENT ON FUNCTION api.list_score_trend(text, text, text, date, date, integer) IS
    'How high a machine''s scores were per UTC day, version, stage and modality, newest first, beside each model''s first week and training.';
REVOKE ALL ON FUNCTION api.list_score_trend(text, text, text, date, date, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_score_trend(text, text, text, date, date, integer) TO viewer;
