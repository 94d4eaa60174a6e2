CREATE OR REPLACE FUNCTION api.update_setting(name text, value jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_old jsonb;
    v_new jsonb;
BEGIN
    SELECT jsonb_build_object('value', s.value) INTO v_old FROM ops.setting AS s WHERE s.name = update_setting.name FOR UPDATE;
    PERFORM ops.set_setting(name, coalesce(value, 'null'), auth.actor());
    SELECT api.setting_json(s) INTO v_new FROM ops.setting AS s WHERE s.name = update_setting.name;
    PERFORM auth.audit('setting.update', 'setting', name, v_old, jsonb_build_object('value', v_new -> 'value'));
    RETURN v_new;
END
$$;
COMMENT ON FUNCTION api.update_setting(text, jsonb) IS 'Changes one setting. Its type and range stay; 422 names them.';
REVOKE ALL ON FUNCTION api.update_setting(text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.update_setting(text, jsonb) TO admin;
