CREATE OR REPLACE FUNCTION ops.set_setting(p_name text, p_value jsonb, p_by text DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_old ops.setting;
BEGIN
    SELECT * INTO v_old FROM ops.setting WHERE name = p_name FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = format('there is no setting "%s"', p_name), COLUMN = 'name';
    END IF;
    IF p_value IS NULL OR jsonb_typeof(p_value) IN ('object', 'array')
        OR ('null' NOT IN (jsonb_typeof(v_old.value), jsonb_typeof(p_value)) AND jsonb_typeof(p_value) <> jsonb_typeof(v_old.value)) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', MESSAGE = format('setting "%s" is a %s', p_name, jsonb_typeof(v_old.value)), COLUMN = 'value';
    END IF;
    IF v_old.unit = 'interval' AND jsonb_typeof(p_value) <> 'null' AND NOT pg_input_is_valid(p_value #>> '{}', 'interval') THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', MESSAGE = format('setting "%s" is an interval such as "15 minutes"', p_name), COLUMN = 'value';
    END IF;
    UPDATE ops.setting SET value = p_value, updated_at = now(), updated_by = COALESCE(p_by, session_user) WHERE name = p_name;
END
$$;
COMMENT ON FUNCTION ops.set_setting(text, jsonb, text) IS 'Changes a setting. MW404: no such setting; MW422: not of the type that it had. p_by: who did it, default the login.';
REVOKE ALL ON FUNCTION ops.set_setting(text, jsonb, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.set_setting(text, jsonb, text) TO admin;
