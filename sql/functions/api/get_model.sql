CREATE OR REPLACE FUNCTION api.get_model(equipment_id text, power text, model_version text) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT api.model_json(m) FROM ml.serve_ml_models AS m
    WHERE m.equipment_id = get_model.equipment_id AND m.power = get_model.power AND m.model_version = get_model.model_version
$$;
COMMENT ON FUNCTION api.get_model(text, text, text) IS
    'One version with everything that its bundle says of itself: features in order, hashes by file, notes, other metadata.';
REVOKE ALL ON FUNCTION api.get_model(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.get_model(text, text, text) TO viewer;
