CREATE OR REPLACE FUNCTION api.set_model_alias(
    equipment_id text, power text, alias text, model_version text DEFAULT NULL, reason text DEFAULT NULL
) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF alias IS NULL OR alias NOT IN ('champion', 'challenger') THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'alias', MESSAGE = 'alias must be champion or challenger';
    ELSIF length(reason) > 2000 THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'reason', MESSAGE = 'reason must have at most 2000 characters';
    END IF;
    PERFORM ml.set_alias(equipment_id, power, alias, model_version, reason, auth.actor());
    PERFORM auth.audit('model.alias', 'model', concat_ws(':', equipment_id, power, alias), NULL,
        jsonb_build_object('model_version', model_version, 'reason', reason));
    RETURN jsonb_build_object('equipment_id', equipment_id, 'power', power, 'alias', alias, 'model_version', model_version);
END
$$;
COMMENT ON FUNCTION api.set_model_alias(text, text, text, text, text) IS
    'Names the champion (answers, raises alarms) or the challenger (scored as a shadow) of a machine and power. model_version null takes the alias away.';
REVOKE ALL ON FUNCTION api.set_model_alias(text, text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.set_model_alias(text, text, text, text, text) TO engineer;
