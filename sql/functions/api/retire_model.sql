CREATE OR REPLACE FUNCTION api.retire_model(
    equipment_id text, power text, model_version text, retired boolean DEFAULT NULL, reason text DEFAULT NULL
) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_new jsonb;
BEGIN
    IF retired IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'retired', MESSAGE = 'retired must be true or false';
    END IF;
    v_new := api.model_json(ml.retire_model(equipment_id, power, model_version, retired, reason, auth.actor()));
    PERFORM auth.audit('model.retire', 'model', concat_ws(':', equipment_id, power, model_version), NULL,
        jsonb_build_object('retired', retired, 'reason', reason));
    RETURN v_new;
END
$$;
COMMENT ON FUNCTION api.retire_model(text, text, text, boolean, text) IS
    'Takes a version out of service for good, whatever is found under SERVE_ML_ROOT, or puts it back. Not the champion or challenger.';
REVOKE ALL ON FUNCTION api.retire_model(text, text, text, boolean, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.retire_model(text, text, text, boolean, text) TO engineer;
