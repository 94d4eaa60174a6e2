CREATE OR REPLACE FUNCTION api.model_json(m ml.serve_ml_models) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT to_jsonb(m) - 'id' || jsonb_build_object('created_at', api.iso(m.created_at), 'updated_at', api.iso(m.updated_at),
        'aliases', (SELECT coalesce(jsonb_agg(a.alias ORDER BY a.alias), '[]') FROM ml.model_alias AS a
            WHERE (a.equipment_id, a.power, a.model_version) = (m.equipment_id, m.power, m.model_version)))
$$;
COMMENT ON FUNCTION api.model_json(ml.serve_ml_models) IS 'A model as HTTP answers it, with its aliases.';
REVOKE ALL ON FUNCTION api.model_json(ml.serve_ml_models) FROM PUBLIC;
