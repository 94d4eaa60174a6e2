CREATE OR REPLACE FUNCTION api.list_models(equipment_id text DEFAULT NULL, status text DEFAULT NULL) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object('total', count(*), 'next_cursor', NULL, 'items', coalesce(jsonb_agg(
        api.model_json(m) - '{features,files,extra}'::text[]
        ORDER BY m.equipment_id, m.power, m.model_version), '[]'))
    FROM ml.serve_ml_models AS m
    WHERE (list_models.equipment_id IS NULL OR m.equipment_id = list_models.equipment_id)
        AND (list_models.status IS NULL OR m.status = list_models.status)
$$;
COMMENT ON FUNCTION api.list_models(text, text) IS
    'What the registry knows about bundles, those that were rejected (status_code, status_reason) or are missing included. All of one: GET …/versions/{model_version}.';
REVOKE ALL ON FUNCTION api.list_models(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_models(text, text) TO viewer;
