CREATE OR REPLACE FUNCTION api.setting_json(p_setting ops.setting) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object('name', p_setting.name, 'value', p_setting.value, 'unit', p_setting.unit, 'description', p_setting.description,
        'type', p_setting.data_type, 'minimum', p_setting.minimum, 'maximum', p_setting.maximum, 'choices', to_jsonb(p_setting.choices),
        'nullable', p_setting.nullable, 'updated_at', api.iso(p_setting.updated_at), 'updated_by', p_setting.updated_by)
$$;
COMMENT ON FUNCTION api.setting_json(ops.setting) IS 'A setting as clients see it, with what it may be.';
REVOKE ALL ON FUNCTION api.setting_json(ops.setting) FROM PUBLIC;
