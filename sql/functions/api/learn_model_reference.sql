CREATE OR REPLACE FUNCTION api.learn_model_reference(
    equipment_id text, power text, model_version text, start timestamptz DEFAULT NULL, "end" timestamptz DEFAULT NULL, samples integer DEFAULT NULL
) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_features integer := ml.learn_reference(equipment_id, power, model_version, start, "end", samples, auth.actor());
BEGIN
    PERFORM auth.audit('model.reference', 'model', concat_ws(':', equipment_id, power, model_version), NULL,
        jsonb_build_object('start', start, 'end', "end", 'samples', samples, 'features', v_features));
    RETURN jsonb_build_object('equipment_id', equipment_id, 'power', power, 'model_version', model_version, 'features', v_features);
END
$$;
COMMENT ON FUNCTION api.learn_model_reference(text, text, text, timestamptz, timestamptz, integer) IS
    'Takes stored normal predictions as what is normal for a model''s features, for bundles without training statistics; drift is counted anew against it.';
REVOKE ALL ON FUNCTION api.learn_model_reference(text, text, text, timestamptz, timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.learn_model_reference(text, text, text, timestamptz, timestamptz, integer) TO engineer;
