CREATE OR REPLACE FUNCTION api.rollback_model_alias(equipment_id text, power text, alias text, reason text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_new jsonb;
BEGIN
    v_new := jsonb_build_object('equipment_id', equipment_id, 'power', power, 'alias', alias,
        'model_version', ml.rollback_alias(equipment_id, power, alias, reason, auth.actor()));
    PERFORM auth.audit('model.rollback', 'model', concat_ws(':', equipment_id, power, alias), NULL, v_new || jsonb_build_object('reason', reason));
    RETURN v_new;
END
$$;
COMMENT ON FUNCTION api.rollback_model_alias(text, text, text, text) IS
    'Takes the last change of champion or challenger back; once more goes one further back. 409 where there is no earlier version, or it is not ready.';
REVOKE ALL ON FUNCTION api.rollback_model_alias(text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.rollback_model_alias(text, text, text, text) TO engineer;
