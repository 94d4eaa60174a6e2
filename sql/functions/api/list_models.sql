CREATE OR REPLACE FUNCTION api.list_models(equipment_id text DEFAULT NULL, status text DEFAULT NULL) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object('total', count(*), 'next_cursor', NULL, 'items', coalesce(jsonb_agg(
        to_jsonb(m) - 'id' || jsonb_build_object('created_at', api.iso(m.created_at), 'updated_at', api.iso(m.updated_at),
            'aliases', (SELECT coalesce(jsonb_agg(a.alias ORDER BY a.alias), '[]') FROM ml.model_alias AS a
                WHERE (a.equipment_id, a.power, a.model_version) = (m.equipment_id, m.power, m.model_version)))
        ORDER BY m.equipment_id, m.power, m.model_version), '[]'))
    FROM ml.serve_ml_models AS m
    WHERE (list_models.equipment_id IS NULL OR m.equipment_id = list_models.equipment_id)
        AND (list_models.status IS NULL OR m.status = list_models.status)
$$;
COMMENT ON FUNCTION api.list_models(text, text) IS
    'Everything the registry knows about bundles, those that were rejected (status_code, status_reason) or are missing included.';
REVOKE ALL ON FUNCTION api.list_models(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_models(text, text) TO viewer;
