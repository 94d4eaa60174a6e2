CREATE OR REPLACE FUNCTION api.get_model_card(equipment_id text, power text, model_version text) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object('equipment_id', c.equipment_id, 'power', c.power, 'model_version', c.model_version,
        'card', c.card, 'metrics', c.metrics, 'job_id', c.job_id)
    FROM (
        SELECT m.equipment_id, m.power, m.model_version, coalesce(j.card, m.extra -> 'card') AS card,
               coalesce(j.metrics, m.metrics) AS metrics, j.id AS job_id
        FROM ml.serve_ml_models AS m
        LEFT JOIN ml.training_job AS j ON j.state = 'succeeded'
            AND j.bundle = concat_ws('/', m.equipment_id, m.power, m.model_version)
        WHERE m.equipment_id = get_model_card.equipment_id AND m.power = get_model_card.power
          AND m.model_version = get_model_card.model_version
        ORDER BY j.id DESC NULLS LAST LIMIT 1
    ) AS c
    WHERE c.card IS NOT NULL
$$;
COMMENT ON FUNCTION api.get_model_card(text, text, text) IS
    'A model''s card: what it was trained on, how it was judged, and where it must not be used. Of its training, else '
    'of '
    'its own metadata; a bundle from elsewhere may have none.';
REVOKE ALL ON FUNCTION api.get_model_card(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.get_model_card(text, text, text) TO viewer;
